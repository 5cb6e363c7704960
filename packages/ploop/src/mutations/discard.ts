import { aFlag, aNumber, oneOf, options } from '@ploop/descriptor/arguments';
import { runAsync } from '@ploop/descriptor/internal';
import type { CommandInput, CommandResult } from '@ploop/runner';

import { GUARDED } from '../arguments/rules.ts';
import { mainMount } from '../holders/main-mount.ts';
import { refuseImages, writtenIn, type GuardOptions } from '../refusals/refuse-images.ts';
import { refuseOutside } from '../refusals/refuse-outside.ts';
import type { MutationOptions } from '../run/run-target.ts';
import { currentState, type Source } from '../state/source.ts';
import { notMounted, type DevicePlan } from './device-plan.ts';
import type { Mutation } from './mutation.ts';

type Distributive<Input> = Input extends unknown
  ? Omit<Input, 'descriptor' | 'device' | 'mountPoint'>
  : never;

/** How much is given back, and how. */
export type DiscardOptions = MutationOptions &
  GuardOptions &
  Distributive<CommandInput<'balloonDiscard'>>;

/** The sizes of a mounted disk, in bytes: whole MiB, rounded down. */
export type DiscardStats = CommandResult<'balloonStat'>;

/** What a discard could give back of a mounted disk. */
export async function discardStats(
  source: Source,
  { signal }: MutationOptions = {},
): Promise<DiscardStats> {
  await refuseOutside(source);
  const { descriptorPath: descriptor, runner } = source;
  return runner.balloonStat({ descriptor }, { signal });
}

/** Gives free space of a mounted disk back to the file system below. Ends early by its signal, with what is done by then. */
async function discardDisk(
  source: Source,
  { allowLinked, allowRival, signal, ...options }: DiscardOptions = {},
): Promise<void> {
  const { descriptorPath: descriptor, runner } = source;
  // What the tool refuses, such as a split disk, is not given to it.
  const state = await runAsync(currentState(source));
  const guard = { operation: 'discard', allowLinked, allowRival, signal };
  await refuseImages(source, state, writtenIn(state.top), guard);
  await runner.balloonDiscard({ descriptor, ...options }, { signal });
}

/** `disk.discard`. */
export const discard: Mutation<[options?: DiscardOptions], void, DevicePlan> = {
  rules: {
    options: options({
      ...GUARDED,
      automount: aFlag,
      toFree: aNumber,
      smallest: aNumber,
      defragment: oneOf(['too', 'only']),
      threshold: aNumber,
    }),
  },
  guard: refuseOutside,
  turns: 'calls',
  run: discardDisk,
  details: async (source, plan, { automount } = {}) => {
    const main = await mainMount(source);
    if (main === undefined) return automount === true ? plan : notMounted(source);
    return { ...plan, ...main };
  },
};
