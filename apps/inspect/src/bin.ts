import { readFileSync } from 'node:fs';

import { ExitCode } from './command.ts';
import { main } from './main.ts';

// A reader that has seen enough, such as head, is no failure.
for (const stream of [process.stdout, process.stderr])
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') process.exitCode = ExitCode.unreadable;
  });

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
  const { stdout, stderr, exitCode } = await main(process.argv.slice(2), {
    stdout: process.stdout,
    stderr: process.stderr,
    stopSignal,
    commandLine,
  });
  process.exitCode = exitCode;
  process.stdout.write(stdout);
  process.stderr.write(stderr, () => {
    // What was stopped does not wait for a reader who takes nothing more.
    if (stop.signal.aborted && stdout === '') process.exit();
  });
} catch (error) {
  process.exitCode = ExitCode.unreadable;
  console.error(error);
}
