import { runAsync } from '@ploop/descriptor/node';
import { RefusedError } from '@ploop/runner';

import { topDeltaOf } from '../reads/top-delta.ts';
import { nodeOf, stateOf } from '../state.ts';
import type { MutationOptions, Target } from './target.ts';

/** A disk that continues from another snapshot. */
export interface SwitchedSnapshot {
  /** Absolute path of the new, empty delta that is written to from now on. */
  readonly topDelta: string;
}

/** Discards what was written since the last snapshot and continues from the given one. */
export async function switchSnapshot(
  { descriptorPath, runner }: Target,
  guid: string,
  { signal }: MutationOptions = {},
): Promise<SwitchedSnapshot> {
  const state = await runAsync(stateOf(descriptorPath));
  const target = nodeOf(state, guid);
  if (target === state.top)
    throw new RefusedError(
      'SNAPSHOT_IS_TOP',
      `the disk is on ${target.guid} already`,
      "In another spelling than the descriptor's this destroys a disk; give a snapshot below the top.",
    );
  await runner.snapshotSwitch(
    { descriptor: descriptorPath, guid: target.guid },
    signal && { signal },
  );
  return { topDelta: topDeltaOf(await runAsync(stateOf(descriptorPath))) };
}
