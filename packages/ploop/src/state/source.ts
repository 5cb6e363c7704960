import type { Steps } from '@ploop/descriptor/internal';
import { sameIdentity, type Confinement, type ConfineOptions } from '@ploop/descriptor/node';
import { readable, status } from '@ploop/descriptor/node/internal';
import type { Runner } from '@ploop/runner';

import { ReadError } from '../io/read-error.ts';
import type { Roots } from '../io/roots.ts';
import type { Memory } from './memory.ts';
import { stateOf, type DiskState } from './state.ts';

/** Where the reads of a disk get their answers from. */
export interface Source {
  readonly descriptorPath: string;
  readonly roots: Roots;
  readonly runner: Runner;
  readonly memory: Memory;
  /** As the caller gave it. */
  readonly confine: ConfineOptions['confine'];
  /** Where the files of the disk may be, by `confine`. */
  readonly confinement: Confinement;
  /** Whether a disk of which cannot determine whether it is on a device is on none. */
  readonly assumeUnmounted: boolean;
}

/** How long a disk may change under a read before the read gives up, in milliseconds. */
const PATIENCE_MS = 10_000;

/**
 * The state of a disk: the one that was read last, where the descriptor is still the same file.
 *
 * @throws DescriptorError where the descriptor cannot be read or the tool would refuse it.
 */
export function* currentState({ descriptorPath, memory }: Source): Steps<DiskState> {
  const known = yield* memory.state.recall();
  if (known !== undefined) return known;
  const state = yield* stateOf(descriptorPath);
  memory.state.keep(state, [{ path: descriptorPath, identity: state.identity }]);
  return state;
}

/**
 * An answer from the descriptor and other files together. The descriptor is the same after it as before: where it is not,
 * the answer is sought again.
 *
 * @throws ReadError `DISK_CHANGING`
 */
export function* consistently<Result>(
  source: Source,
  answer: (state: DiskState) => Steps<Result>,
): Steps<Result> {
  const { descriptorPath } = source;
  const started = performance.now();
  for (;;) {
    const state = yield* currentState(source);
    const result = yield* attempt(answer(state));
    const after = yield* readable(descriptorPath, status(descriptorPath));
    if (sameIdentity(state.identity, after)) {
      if ('failure' in result) throw result.failure;
      return result.value;
    }
    if (performance.now() - started > PATIENCE_MS)
      throw new ReadError('DISK_CHANGING', `${descriptorPath} changed under every read`);
  }
}

function* attempt<Result>(
  steps: Steps<Result>,
): Steps<{ readonly value: Result } | { readonly failure: unknown }> {
  try {
    return { value: yield* steps };
  } catch (failure) {
    return { failure };
  }
}
