import type { ExecOutcome } from '../exec/exec.ts';
import {
  AbortedError,
  ConnectionError,
  ExitError,
  OutputError,
  SignalError,
  SpawnError,
  TimeoutError,
  type PloopError,
} from './errors.ts';
import { exitNameOf } from './exit-codes.ts';
import { hintFor, isLockConflict } from './hints.ts';
import { leftBehind } from './left-behind.ts';
import type { RunFacts } from './run-facts.ts';

/** What a run was of, and how long it was allowed to take. */
export interface Ran {
  readonly subcommand: string;
  readonly mutates: boolean;
  readonly timeoutMs?: number | undefined;
}

/** The error that an outcome is; `undefined` where the tool succeeded. */
export function failureOf(
  outcome: ExecOutcome,
  facts: RunFacts,
  { subcommand, mutates, timeoutMs }: Ran,
): PloopError | undefined {
  const { exitCode, signal, cancelled, timedOut } = outcome;
  const { spawnError, connectionError, streamError } = outcome;
  const details = {
    ...facts,
    exitCode,
    exitName: exitCode === undefined ? undefined : exitNameOf(exitCode),
    signal,
    hint: hintFor(outcome, subcommand),
    retryable: isLockConflict(outcome, subcommand),
  };
  const ended = { ...details, leftBehind: mutates ? leftBehind(subcommand) : [] };
  if (spawnError !== undefined)
    return new SpawnError(messageOf(spawnError), { ...details, cause: spawnError });
  if (connectionError !== undefined)
    return new ConnectionError(messageOf(connectionError), { ...ended, cause: connectionError });
  if (exitCode === 0) {
    // Asked to stop or not, it has done its work.
    if (streamError === undefined) return undefined;
    return new OutputError('what the stream took to its end', { ...details, cause: streamError });
  }
  if (cancelled) return new AbortedError(ended);
  if (timedOut) return new TimeoutError(timeoutMs ?? 0, ended);
  if (signal !== undefined) return new SignalError(signal, ended);
  return new ExitError(exitCode ?? -1, details.exitName, details);
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
