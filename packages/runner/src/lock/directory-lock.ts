import { AsyncLocalStorage } from 'node:async_hooks';
import { constants } from 'node:fs';
import { open, type FileHandle } from 'node:fs/promises';

import { ExitCode } from '../errors/exit-codes.ts';
import { failureOf } from '../errors/failure.ts';
import type { Environment } from '../exec/environment.ts';
import { execWithFile, type ExecOutcome } from '../exec/exec.ts';
import { retryLocked, type LockRetry } from './lock-retry.ts';

/** How long work waits for the lock of a directory, and with what. */
export interface DirectoryLockOptions {
  readonly env: Environment;
  readonly signal?: AbortSignal | undefined;
  /** Tries again while another process holds it. */
  readonly retry?: LockRetry | undefined;
  /** Milliseconds of waiting. Default 60,000, as the tool waits for its own lock. */
  readonly timeoutMs?: number | undefined;
}

/** A directory that this process holds. Work can outlive the hold in what it left running. */
interface Hold {
  readonly directory: string;
  isOver: boolean;
}

const TIMEOUT_MS = 60_000;
/** Errors of the system that are about this process and not about the directory. */
const SHORT_OF_FILES: readonly unknown[] = ['EMFILE', 'ENFILE'];
/** `flock` is not there, or is not for this user. */
const WITHOUT_FLOCK: readonly unknown[] = ['ENOENT', 'EACCES'];

const SILENT = { text: '', droppedBytes: 0 };
const NOTHING = { cancelled: false, timedOut: false, stdout: SILENT, stderr: SILENT };

const holds = new AsyncLocalStorage<readonly Hold[]>();

/**
 * Does work while this process holds `flock` on a directory, so that other processes that take it wait. The kernel lets go
 * when this process ends, however it ends, and nothing is left in the directory. Work inside of such work on the same
 * directory is part of it.
 *
 * `flock` of util-linux takes the lock for an open file that it shares with this process. Without it, and on a file system
 * that offers no such lock, the work is done anyway.
 *
 * @throws ExitError with exit code 23, `retryable`, if another process held the lock all the time.
 * @throws SpawnError if this process has too many files open. The reason of `signal`, if that ends the wait.
 */
export async function withDirectoryLock<Result>(
  directory: string,
  work: () => Promise<Result>,
  options: DirectoryLockOptions,
): Promise<Result> {
  const outer = (holds.getStore() ?? []).filter(({ isOver }) => !isOver);
  if (outer.some((hold) => hold.directory === directory)) return work();
  const handle = await opened(directory, options);
  if (handle === undefined) return work();
  const hold: Hold = { directory, isOver: false };
  try {
    const { retry, signal } = options;
    const cancelled = (): Error => signal?.reason as Error;
    await retryLocked(() => lock(handle, options), retry, { signal, cancelled });
    return await holds.run([...outer, hold], work);
  } finally {
    hold.isOver = true;
    await handle.close();
  }
}

/** The directory; `undefined` where it is not there or not for this user, who cannot lock it then. */
async function opened(
  directory: string,
  options: DirectoryLockOptions,
): Promise<FileHandle | undefined> {
  try {
    return await open(directory, constants.O_RDONLY | constants.O_DIRECTORY);
  } catch (error) {
    if (SHORT_OF_FILES.includes(codeOf(error))) throw failed({ spawnError: error }, options);
    return undefined;
  }
}

async function lock({ fd }: FileHandle, options: DirectoryLockOptions): Promise<void> {
  const { env, signal } = options;
  const outcome = await execWithFile({ file: 'flock', argv: argvOf(options), env, signal }, fd);
  const { exitCode, spawnError } = outcome;
  if (exitCode === 0) return;
  signal?.throwIfAborted();
  const isUnavailable =
    spawnError === undefined ? exitCode !== undefined : WITHOUT_FLOCK.includes(codeOf(spawnError));
  if (!isUnavailable || exitCode === ExitCode.LOCK) throw failed(outcome, options);
}

/** The directory is the stdin of `flock`. */
function argvOf({ timeoutMs = TIMEOUT_MS }: DirectoryLockOptions): readonly string[] {
  return [
    '--exclusive',
    `--timeout=${String(timeoutMs / 1000)}`,
    `--conflict-exit-code=${String(ExitCode.LOCK)}`,
    '0',
  ];
}

function failed(outcome: Partial<ExecOutcome>, options: DirectoryLockOptions): Error {
  const facts = { argv: ['flock', ...argvOf(options)], stdout: '', stderr: '', toolErrors: [] };
  const failure = failureOf({ ...NOTHING, ...outcome }, facts, {
    subcommand: 'flock',
    mutates: false,
  });
  return failure ?? new TypeError('flock succeeded');
}

function codeOf(error: unknown): unknown {
  return error instanceof Error && 'code' in error ? error.code : undefined;
}
