import { runAsync, sameIdentity } from '@ploop/descriptor/node';
import { filesTold, OutcomeError, type FilesTold } from '@ploop/runner';

import { isThere } from './io/is-there.ts';
import { filesOf } from './left-by.ts';
import type { Target } from './mutations/target.ts';
import { settledLook } from './settled-look.ts';
import { stateOf, type DiskState } from './state.ts';

/**
 * Makes sure that the descriptor says what the tool said by its exit code: release 1.15 exits with 0 where it could not
 * write the descriptor.
 *
 * @throws OutcomeError
 */
export function verify(holds: boolean, operation: string, expected: string): asserts holds {
  if (!holds) throw new OutcomeError(operation, expected);
}

/** A disk after a run that succeeded. */
export interface Outcome {
  readonly after: DiskState;
  readonly told: FilesTold;
  /**
   * Whether the run wrote the descriptor, by what it said itself and what there is of it: then what is missing has been
   * changed by another program since.
   */
  readonly isWritten: boolean;
  /** Whether a file is there. */
  readonly exists: (file: string) => boolean;
}

/** A run that succeeded, and what is expected of it. */
export interface Expectation {
  readonly operation: string;
  readonly expected: string;
  readonly before: DiskState;
  readonly stdout: string;
}

/**
 * Reads what a run did to a disk that other programs may change as well, before it and after it. If the descriptor does
 * not show at once what the run was for, it is looked at again while nobody changes it.
 *
 * @param result - What the run came to; `undefined` if the disk shows that it did not do its work.
 * @throws OutcomeError
 */
export async function outcomeOf<Result>(
  target: Target,
  { operation, expected, before, stdout }: Expectation,
  result: (outcome: Outcome) => Result | undefined,
): Promise<Result> {
  const told = filesTold({ stdout });
  const look = async (): Promise<Result | undefined> => {
    const after = await runAsync(stateOf(target.descriptorPath));
    const files = [...told.created, ...told.stored, ...told.removed];
    const there = await Promise.all(files.map(isThere));
    const present = new Set(files.filter((_, index) => there[index]));
    const named = new Set(filesOf(after));
    const isWritten =
      told.stored.length > 0 &&
      !sameIdentity(before.identity, after.identity) &&
      told.stored.every((file) => file === target.descriptorPath || !present.has(file)) &&
      told.created.every((file) => named.has(file) || !present.has(file));
    return result({ after, told, isWritten, exists: (file) => present.has(file) });
  };
  const value = (await look()) ?? (await settledLook(target, look));
  verify(value !== undefined, operation, expected);
  return value;
}
