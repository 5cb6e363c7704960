import type { Diagnostic } from '@ploop/descriptor';

import { exitMeanings, type ExitName } from './exit-codes.ts';
import { oneLine } from './one-line.ts';
import type { Refusal } from './refusals.ts';
import { describe, NO_RUN, reasonOf, type RunFacts } from './run-facts.ts';
import type { ToolError } from './tool-errors.ts';

/** Why something did not happen. `REFUSED`: before anything was started; `reason` says why. */
export type PloopErrorCode =
  | 'EXIT'
  | 'SIGNAL'
  | 'SPAWN'
  | 'CONNECTION'
  | 'ABORTED'
  | 'TIMEOUT'
  | 'OUTPUT'
  | 'OUTCOME'
  | 'REFUSED';

interface Details extends Partial<RunFacts> {
  readonly exitCode?: number | undefined;
  readonly exitName?: ExitName | undefined;
  readonly signal?: string | undefined;
  readonly reason?: Refusal | undefined;
  readonly hint?: string | undefined;
  readonly retryable?: boolean | undefined;
  readonly leftBehind?: readonly string[] | undefined;
  readonly cause?: unknown;
}

/**
 * Everything that goes wrong around the tool. Distinguish errors by `code`, `exitCode` and `reason`. Messages, hints and
 * the texts in `toolErrors` and `leftBehind` are safe to print; `stdout` and `stderr` hold what the tool printed, as it is.
 */
export class PloopError extends Error implements RunFacts {
  override readonly name: string = 'PloopError';
  readonly code: PloopErrorCode;
  readonly argv: readonly string[];
  readonly stdout: string;
  readonly stderr: string;
  readonly toolErrors: readonly ToolError[];
  /** The tool's exit code, and its name where the table has one. */
  readonly exitCode: number | undefined;
  readonly exitName: ExitName | undefined;
  /** The signal that ended the tool. */
  readonly signal: string | undefined;
  /** Why a call was refused; only with code `REFUSED`. */
  readonly reason: Refusal | undefined;
  /** What to do about it, where there is something. */
  readonly hint: string | undefined;
  /**
   * Whether the same call can succeed later without anything being mended: the lock of the disk was held, and nothing was
   * done. Of the meanings of exit code 23 only that one.
   */
  readonly retryable: boolean;
  /** What may be left of an operation that was ended before it was done; empty where it was not. */
  readonly leftBehind: readonly string[];

  constructor(code: PloopErrorCode, message: string, details: Details = {}) {
    super(oneLine(message), details.cause === undefined ? {} : { cause: details.cause });
    const run = { ...NO_RUN, ...details };
    this.code = code;
    this.argv = run.argv;
    this.stdout = run.stdout;
    this.stderr = run.stderr;
    this.toolErrors = run.toolErrors;
    this.exitCode = details.exitCode;
    this.exitName = details.exitName;
    this.signal = details.signal;
    this.reason = details.reason;
    this.hint = details.hint === undefined ? undefined : oneLine(details.hint);
    this.retryable = details.retryable ?? false;
    this.leftBehind = (details.leftBehind ?? []).map(oneLine);
  }
}

/** The tool ended with an exit code other than 0. */
export class ExitError extends PloopError {
  override readonly name = 'ExitError';

  constructor(exitCode: number, exitName: ExitName | undefined, details: Details & RunFacts) {
    const meaning = exitName === undefined ? '' : ` ${exitName}, ${exitMeanings[exitName]}`;
    super(
      'EXIT',
      `${describe(details)} exited with ${String(exitCode)}${meaning}${reasonOf(details)}`,
      {
        ...details,
        exitCode,
        exitName,
      },
    );
  }
}

/** The tool was ended by a signal that nobody here sent. */
export class SignalError extends PloopError {
  override readonly name = 'SignalError';

  constructor(signal: string, details: Details & RunFacts) {
    super(
      'SIGNAL',
      `${describe(details)} was ended by ${signal}${reasonOf(details)}${leftOf(details)}`,
      {
        ...details,
        signal,
      },
    );
  }
}

/** The tool could not be started. */
export class SpawnError extends PloopError {
  override readonly name = 'SpawnError';

  constructor(reason: string, details: Details & { argv: readonly string[] }) {
    super('SPAWN', `cannot start ${details.argv[0] ?? 'ploop'}: ${reason}`, details);
  }
}

/**
 * The connection to the machine where the tool was to run failed. Whether it ran, and whether it still runs, is not known:
 * look at the disk before anything else is done to it.
 */
export class ConnectionError extends PloopError {
  override readonly name = 'ConnectionError';

  constructor(reason: string, details: Details & RunFacts) {
    super('CONNECTION', `${describe(details)} was out of reach: ${reason}`, details);
  }
}

/** The caller cancelled. Either nothing was started, or the tool was sent SIGTERM and has ended. */
export class AbortedError extends PloopError {
  override readonly name = 'AbortedError';

  constructor(details: Details & RunFacts) {
    super('ABORTED', `${describe(details)} was cancelled${leftOf(details)}`, details);
  }
}

/** The time the caller allowed was over. The tool was sent SIGTERM and has ended. */
export class TimeoutError extends PloopError {
  override readonly name = 'TimeoutError';

  constructor(timeoutMs: number, details: Details & RunFacts) {
    super(
      'TIMEOUT',
      `${describe(details)} took longer than ${String(timeoutMs)} ms${leftOf(details)}`,
      details,
    );
  }
}

/** The tool succeeded, but what it printed is not what is known of any release. Its text is in `stdout`. */
export class OutputError extends PloopError {
  override readonly name = 'OutputError';

  constructor(expected: string, details: Details & RunFacts) {
    super('OUTPUT', `${describe(details)} printed something else than ${expected}`, details);
  }
}

/**
 * The tool said that it succeeded, but the disk says otherwise: what was expected is not there. The tool does so where it
 * cannot write the descriptor, and it seems so where another program changed the disk in between.
 */
export class OutcomeError extends PloopError {
  override readonly name = 'OutcomeError';
  /** What the run was to bring about. */
  readonly expected: string;
  /** What is there instead; `undefined` if nothing more is known. */
  readonly found: string | undefined;

  constructor(subcommand: string, expected: string, found?: string, facts: RunFacts = NO_RUN) {
    const instead = found === undefined ? '' : `: ${found}`;
    super(
      'OUTCOME',
      `ploop ${subcommand} exited with 0, but the disk does not show ${expected}${instead}`,
      {
        ...facts,
        hint: 'Look at the disk before anything else is done to it: ploop-inspect show says how it is now.',
      },
    );
    this.expected = oneLine(expected);
    this.found = found === undefined ? undefined : oneLine(found);
  }
}

/** The call was refused before anything was started, because it cannot work or would do damage. */
export class RefusedError extends PloopError {
  override readonly name = 'RefusedError';
  declare readonly reason: Refusal;
  /** The findings about the disk that speak against the call. Empty if the refusal has another reason. */
  readonly diagnostics: readonly Diagnostic[];

  constructor(
    reason: Refusal,
    message: string,
    hint?: string,
    diagnostics: readonly Diagnostic[] = [],
  ) {
    super('REFUSED', message, { reason, hint });
    this.diagnostics = diagnostics;
  }
}

/** Whether something thrown is one of the errors of this package. */
export function isPloopError(error: unknown): error is PloopError {
  return error instanceof PloopError;
}

function leftOf({ leftBehind = [] }: Details): string {
  return leftBehind.length === 0 ? '' : `; it may have left ${leftBehind.join(', ')}`;
}
