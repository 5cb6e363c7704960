import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import type { EventEmitter } from 'node:events';
import type { Readable, Writable } from 'node:stream';
import { finished, pipeline } from 'node:stream/promises';

import { execa } from 'execa';

import { toolEnvironment, type Environment } from './environment.ts';
import { stopOn, type StopLimits } from './stop.ts';
import { collectTail, type Tail } from './tail.ts';

/** One of the streams a program writes to. */
export type OutputStream = 'stdout' | 'stderr';

/** One program to run. */
export interface ExecRequest extends StopLimits {
  readonly file: string;
  readonly argv: readonly string[];
  /** Variables of the caller on top of what the tool needs; `undefined` removes one. */
  readonly env: Environment;
  /** Sends SIGTERM; the promise still waits for the end. */
  readonly signal?: AbortSignal | undefined;
  /** Milliseconds until SIGTERM. */
  readonly timeoutMs?: number | undefined;
  /** Milliseconds from SIGTERM to SIGKILL. Default: never. */
  readonly killAfterMs?: number | undefined;
  /** What it reads; nothing by default. */
  readonly stdin?: Readable | undefined;
  /** Where its stdout goes; otherwise that is collected. */
  readonly stdout?: Writable | undefined;
  /** Called with what is collected, as it comes. */
  readonly onOutput?: ((stream: OutputStream, chunk: Uint8Array) => void) | undefined;
}

/** How it ended. `cancelled` and `timedOut` say who asked for it; the exit code may be 0 anyway. */
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
export interface Exec {
  (request: ExecRequest): Promise<ExecOutcome>;
  /** Whether it runs programs on this machine, so that paths and files here are theirs. Default: no. */
  readonly isLocal?: boolean;
}

/** How long a helper that outlives the tool may hold its pipes open, in milliseconds. */
const GRACE_MS = 1_000;

/** More output than this is cut at its beginning; a listing of 100,000 snapshots takes 20 MB. */
const MAX_OUTPUT_BYTES = 64 * 1024 * 1024;

type Child = ReturnType<typeof start>;

/**
 * Runs a program on this machine, without a shell. Both pipes are read to their end whatever happens: the tool would
 * die of SIGPIPE in the middle of an operation. Unless the caller asks for it, it is never sent SIGKILL, which leaves
 * half-written images behind.
 */
export const localExec: Exec = Object.assign(
  (request: ExecRequest): Promise<ExecOutcome> => execWithFile(request),
  { isLocal: true },
);

/**
 * {@link localExec} for a program whose stdin is an open file of this process.
 *
 * @param file - The descriptor of that file.
 */
export async function execWithFile(request: ExecRequest, file?: number): Promise<ExecOutcome> {
  const failures: Error[] = [];
  try {
    return await waitFor(startHeard(request, file, failures), request);
  } catch (error) {
    // Node reports a failure to start in the next turn.
    await new Promise(setImmediate);
    // What no program can be given: a NUL in an argument.
    const spawnError = failures[0] ?? error;
    const nothing: Tail = { text: '', droppedBytes: 0 };
    return { cancelled: false, timedOut: false, spawnError, stdout: nothing, stderr: nothing };
  }
}

async function waitFor(child: Child, request: ExecRequest): Promise<ExecOutcome> {
  let graceTimer: NodeJS.Timeout | undefined;
  const stop = stopOn(request, (signal) => {
    if (graceTimer === undefined) return kill(child, signal);
    // It has ended; who cancels now waits for no reader and no helper.
    child.stdout.destroy();
    child.stderr.destroy();
    return false;
  });
  child.once('exit', () => {
    graceTimer = setTimeout(() => {
      if (request.stdout === undefined) child.stdout.destroy();
      child.stderr.destroy();
    }, GRACE_MS);
  });
  const [streamError, stdout, stderr, result] = await Promise.all([
    pour(request, child),
    request.stdout === undefined ? drain(child.stdout, 'stdout', request) : collectTail(0).end(),
    drain(child.stderr, 'stderr', request),
    child,
  ]);
  stop.disarm();
  clearTimeout(graceTimer);
  const { exitCode, signal, cause } = result;
  const ended = exitCode !== undefined || signal !== undefined;
  return {
    exitCode,
    signal,
    cancelled: stop.why() === 'cancelled',
    timedOut: stop.why() === 'timedOut',
    spawnError: ended ? undefined : (cause ?? new Error(result.originalMessage)),
    streamError,
    stdout,
    stderr,
  };
}

/**
 * Without file descriptors for pipes, execa throws before it listens for the error of the program, which would end this
 * process as nobody else does.
 */
function startHeard(request: ExecRequest, file: number | undefined, failures: Error[]): Child {
  const hear = (message: unknown): void => {
    const { process: child } = message as { readonly process: EventEmitter };
    child.on('error', (error: Error) => failures.push(error));
  };
  subscribe(CREATED, hear);
  try {
    return start(request, file);
  } finally {
    unsubscribe(CREATED, hear);
  }
}

/** Where Node publishes each process that it is about to start. */
const CREATED = 'child_process';

function start({ file, argv, env, stdin }: ExecRequest, given: number | undefined) {
  return execa(file, argv, {
    // Nothing is relative; a working directory that has gone would look like a missing program.
    cwd: '/',
    env: toolEnvironment(process.env, env),
    extendEnv: false,
    // Any descriptor will do; the types of execa name the first ones.
    stdin: (given as 3 | undefined) ?? (stdin === undefined ? 'ignore' : 'pipe'),
    buffer: false,
    reject: false,
    // When this process ends, the tool finishes what it is at.
    cleanup: false,
  });
}

/** Whether the signal arrived. Not so where the program has ended, or is another user's: sudo's for one. */
function kill({ pid, exitCode, signalCode }: Child, signal: NodeJS.Signals): boolean {
  if (pid === undefined || exitCode !== null || signalCode !== null) return false;
  try {
    return process.kill(pid, signal);
  } catch {
    return false;
  }
}

/**
 * Connects the caller's streams; gives the error of the first that failed. A reader that has gone is passed on to the
 * tool: of the commands with streams each takes that for an error, and none dies of it.
 */
async function pour({ stdin, stdout }: ExecRequest, child: Child): Promise<unknown> {
  const streams = [
    ...(stdin !== undefined && child.stdin !== null ? [pipeline(stdin, child.stdin)] : []),
    ...(stdout === undefined ? [] : [pipeline(child.stdout, stdout)]),
  ];
  const ends = await Promise.allSettled(streams);
  return ends.find((end) => end.status === 'rejected')?.reason;
}

async function drain(
  stream: Readable,
  name: OutputStream,
  { onOutput }: ExecRequest,
): Promise<Tail> {
  const tail = collectTail(MAX_OUTPUT_BYTES);
  stream.on('data', (chunk: Uint8Array) => {
    tail.push(chunk);
    onOutput?.(name, chunk);
  });
  await finished(stream, { writable: false }).catch(() => undefined);
  return tail.end();
}
