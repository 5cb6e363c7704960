import type { Readable, Writable } from 'node:stream';
import { finished, pipeline } from 'node:stream/promises';

import { execa } from 'execa';

import { collectTail, type Tail } from './tail.ts';

/** One program to run. */
export interface ExecRequest {
  readonly file: string;
  readonly argv: readonly string[];
  /** All of its environment. */
  readonly env: Readonly<Record<string, string>>;
  /** Sends SIGTERM; the promise still waits for the end. */
  readonly signal?: AbortSignal | undefined;
  readonly timeoutMs?: number | undefined;
  /** What it reads; nothing where there is none. */
  readonly stdin?: Readable | undefined;
  /** Where its stdout goes; otherwise that is collected. */
  readonly stdout?: Writable | undefined;
}

/** How it ended. `cancelled` and `timedOut` say who asked for it; the exit code may be 0 all the same. */
export interface ExecOutcome {
  readonly exitCode?: number | undefined;
  readonly signal?: string | undefined;
  readonly cancelled: boolean;
  readonly timedOut: boolean;
  /** Set where it did not start: an Error with the `code` of the system. */
  readonly spawnError?: unknown;
  /** Set where the machine it was to run on got out of reach, before or meanwhile: it may have run, and may still run. */
  readonly connectionError?: unknown;
  /** Set where the caller's `stdin` or `stdout` failed: not all of it arrived. */
  readonly streamError?: unknown;
  readonly stdout: Tail;
  readonly stderr: Tail;
}

/** Runs one program to its end. Does not throw for what the program does. */
export type Exec = (request: ExecRequest) => Promise<ExecOutcome>;

/** How long a helper that outlives the tool may hold its pipes open, in milliseconds. */
const GRACE_MS = 1_000;
/** Timers count to here, and fire at once beyond. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

/** More output than this is cut at its beginning; a listing of 100,000 snapshots takes 20 MB. */
const MAX_OUTPUT_BYTES = 64 * 1024 * 1024;

/**
 * Runs a program on this machine, without a shell. Both pipes are read to their end whatever happens: the tool would
 * die of SIGPIPE in the middle of an operation. It is never sent SIGKILL, which leaves half-written images behind.
 */
export const localExec: Exec = async (request) => {
  const { file, argv, env, signal, timeoutMs } = request;
  const child = execa(file, argv, {
    // Nothing is relative; a working directory that has gone would look like a missing program.
    cwd: '/',
    env,
    extendEnv: false,
    stdin: request.stdin === undefined ? 'ignore' : 'pipe',
    buffer: false,
    reject: false,
    forceKillAfterDelay: false,
    // When this process ends, the tool finishes what it is at.
    cleanup: false,
    // A signal of its own: any number of runs may share the caller's.
    ...(signal !== undefined && { cancelSignal: AbortSignal.any([signal]) }),
    ...(timeoutMs !== undefined && timeoutMs <= LONGEST_TIMER_MS && { timeout: timeoutMs }),
  });
  child.once('exit', () => {
    setTimeout(() => {
      if (request.stdout === undefined) child.stdout.destroy();
      child.stderr.destroy();
    }, GRACE_MS).unref();
  });
  const [streamError, stdout, stderr, result] = await Promise.all([
    pour(request, child),
    request.stdout === undefined ? drain(child.stdout) : collectTail(0).end(),
    drain(child.stderr),
    child,
  ]);
  const { exitCode, signal: endedBy, isCanceled: cancelled, timedOut, cause } = result;
  const ended = exitCode !== undefined || endedBy !== undefined || cancelled || timedOut;
  const spawnError = ended ? undefined : (cause ?? new Error(result.originalMessage));
  return {
    exitCode,
    signal: endedBy,
    cancelled,
    timedOut,
    spawnError,
    streamError,
    stdout,
    stderr,
  };
};

/**
 * Connects the caller's streams; gives the error of the first that failed. A reader that has gone is passed on to the
 * tool: of the commands with streams each takes that for an error, and none dies of it.
 */
async function pour(
  { stdin, stdout }: ExecRequest,
  child: { readonly stdin: Writable | null; readonly stdout: Readable },
): Promise<unknown> {
  const streams = [
    ...(stdin !== undefined && child.stdin !== null ? [pipeline(stdin, child.stdin)] : []),
    ...(stdout === undefined ? [] : [pipeline(child.stdout, stdout)]),
  ];
  const ends = await Promise.allSettled(streams);
  const failed = ends.find((end) => end.status === 'rejected');
  return failed?.reason;
}

async function drain(stream: Readable): Promise<Tail> {
  const tail = collectTail(MAX_OUTPUT_BYTES);
  stream.on('data', tail.push);
  await finished(stream, { writable: false }).catch(() => undefined);
  return tail.end();
}
