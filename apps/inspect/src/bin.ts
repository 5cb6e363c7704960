import { readFileSync } from 'node:fs';

import { ExitCode } from './exit-code.ts';
import { main } from './main.ts';

/** An export to stdout reports its own failures. */
let isPrinting = false;
/** Whether what goes to stdout now is what was asked for, and not a summary of it. */
let isAnswer = true;

process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  // A reader that stops early, such as head, is not a failure.
  if (error.code === 'EPIPE' || !isPrinting) return;
  process.stderr.write(`error: cannot write to stdout: ${error.message}\n`);
  if (isAnswer) process.exitCode = ExitCode.cannot;
});
process.stderr.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') process.exitCode = ExitCode.cannot;
});

/** The code of a command is loaded when it runs. */
function isShortOfFiles(error: unknown): boolean {
  return (
    error instanceof Error && 'code' in error && ['EMFILE', 'ENFILE'].includes(String(error.code))
  );
}

const stop = new AbortController();

/** From here on, the first Ctrl-C stops what is under way in good order. */
function stopSignal(): AbortSignal {
  for (const signal of ['SIGINT', 'SIGTERM'] as const)
    process.once(signal, () => {
      stop.abort();
    });
  return stop.signal;
}

/** Linux reports them. */
function commandLine(): Uint8Array | undefined {
  try {
    return readFileSync('/proc/self/cmdline');
  } catch {
    return undefined;
  }
}

try {
  const { stdout, stderr, exitCode, isSummary } = await main(process.argv.slice(2), {
    stdout: process.stdout,
    stderr: process.stderr,
    stopSignal,
    commandLine,
  });
  process.exitCode = exitCode;
  [isPrinting, isAnswer] = [stdout !== '', isSummary !== true];
  process.stdout.write(stdout);
  process.stderr.write(stderr, () => {
    // What was stopped does not wait for a reader who takes nothing more.
    if (stop.signal.aborted && stdout === '') process.exit();
  });
} catch (error) {
  process.exitCode = ExitCode.cannot;
  // The program that loads this one says what to do.
  if (isShortOfFiles(error)) throw error;
  console.error(error);
}
