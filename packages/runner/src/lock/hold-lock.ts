import { PassThrough } from 'node:stream';

import type { Releases } from '@ploop/descriptor/releases';

import { FUNCTIONS } from '../arguments/functions.ts';
import { requireCall } from '../arguments/require.ts';
import { descriptorPath } from '../argv/paths.ts';
import { RefusedError } from '../errors/errors.ts';
import { ExitCode } from '../errors/exit-codes.ts';
import { failureOf } from '../errors/failure.ts';
import type { RunFacts } from '../errors/run-facts.ts';
import type { Environment } from '../exec/environment.ts';
import type { Exec } from '../exec/exec.ts';
import { availability, type Release } from '../release/release.ts';

/** How long work waits for a lock. */
export interface LockOptions {
  /** Ends the wait. Once the lock is held it has no meaning: the work goes on. */
  readonly signal?: AbortSignal | undefined;
  /** Milliseconds of waiting. Default 60,000, as the tool. */
  readonly timeoutMs?: number | undefined;
}

/** The releases whose lock of a disk is `flock` on a file beside the descriptor. Later ones lock bytes of the base image. */
export const FILE_LOCK: Releases = [{ since: '1', before: '8.0.59' }];
const TIMEOUT_MS = 60_000;

/**
 * Refuses where the lock of a release cannot be held by another program, or the release is not known well enough.
 *
 * @throws RefusedError `NOT_IN_RELEASE`, `OPTION_INVALID`
 */
export function requireFileLock(release: Release | undefined): void {
  requireCall(FUNCTIONS.requireFileLock, [release]);
  if (availability(release, FILE_LOCK) !== 'yes')
    throw new RefusedError(
      'NOT_IN_RELEASE',
      'the lock of this release cannot be held from outside, or the release is not known',
      'Up to 8.0.58 it can. Where nothing else uses the disk, say which release it is: createRunner({ release }).',
    );
}

/**
 * Does work while `flock` of util-linux holds the tool's lock of a disk. It lets go when its stdin ends, so also when this
 * process does.
 */
export async function holdLock<Result>(
  { exec, env }: { readonly exec: Exec; readonly env: Environment },
  descriptor: string,
  work: () => Promise<Result>,
  { signal, timeoutMs = TIMEOUT_MS }: LockOptions,
): Promise<Result> {
  const argv = [
    '--exclusive',
    `--timeout=${String(timeoutMs / 1000)}`,
    `--conflict-exit-code=${String(ExitCode.LOCK)}`,
    `${descriptorPath(descriptor)}.lck`,
    // Echoes its input: a byte that comes back was sent through by a holder of the lock.
    'cat',
  ];
  const stdin = new PassThrough();
  const waiting = new AbortController();
  const giveUp = (): void => {
    waiting.abort(signal?.reason);
  };
  signal?.addEventListener('abort', giveUp, { once: true });
  if (signal?.aborted === true) giveUp();
  const file = 'flock';
  let onHeld = (): void => undefined;
  const held = new Promise<true>((resolve) => {
    onHeld = () => {
      resolve(true);
    };
  });
  const onOutput = (stream: string): void => {
    if (stream === 'stdout') onHeld();
  };
  const run = exec({ file, argv, env, stdin, signal: waiting.signal, onOutput });
  stdin.write('\n');
  try {
    const first = await Promise.race([held, run]);
    if (first !== true) {
      const { stdout, stderr } = first;
      const facts: RunFacts = {
        argv: [file, ...argv],
        stdout: stdout.text,
        stderr: stderr.text,
        toolErrors: [],
      };
      throw (
        failureOf(first, facts, { subcommand: file, mutates: false }) ??
        new TypeError('flock ended by itself')
      );
    }
    signal?.removeEventListener('abort', giveUp);
    return await work();
  } finally {
    signal?.removeEventListener('abort', giveUp);
    stdin.end();
    await run;
  }
}
