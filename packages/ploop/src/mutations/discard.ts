import { runAsync } from '@ploop/descriptor/node';
import type { CommandInput, CommandResult } from '@ploop/runner';

import { refuseOutside } from '../refuse-outside.ts';
import type { Source } from '../source.ts';
import { stateOf } from '../state.ts';
import type { MutationOptions } from './target.ts';

type Distributive<Input> = Input extends unknown
  ? Omit<Input, 'descriptor' | 'device' | 'mountPoint'>
  : never;

/** How much is given back, and how. */
export type DiscardOptions = MutationOptions & Distributive<CommandInput<'balloonDiscard'>>;

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
export async function discard(
  { descriptorPath: descriptor, runner }: Source,
  { signal, ...options }: DiscardOptions = {},
): Promise<void> {
  // What the tool refuses, such as a split disk, is not given to it.
  await runAsync(stateOf(descriptor));
  await runner.balloonDiscard({ descriptor, ...options }, { signal });
}
