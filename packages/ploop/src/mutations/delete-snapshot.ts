import { runAsync } from '@ploop/descriptor/node';
import { RefusedError } from '@ploop/runner';

import { nodeOf, stateOf } from '../state.ts';
import type { MutationOptions, Target } from './target.ts';

/** What a deletion can be given. */
export interface DeleteSnapshotOptions extends MutationOptions {
  /** Allows to delete the top of a disk that is not mounted: its data is lost and its parent is written to instead. */
  readonly discardTop?: boolean;
}

/** What became of a snapshot that was to be deleted. */
export interface DeletedSnapshot {
  /**
   * `deleted`: it was a leaf and its delta is gone. `merged`: it had one child, whose data is now in its file.
   * `marked-temporary`: it has more children, is still there, and goes when all but one of them have gone.
   */
  readonly outcome: 'deleted' | 'merged' | 'marked-temporary';
}

/** Deletes a snapshot, in the way its place in the graph allows. */
export async function deleteSnapshot(
  { descriptorPath, runner }: Target,
  guid: string,
  { discardTop = false, signal }: DeleteSnapshotOptions = {},
): Promise<DeletedSnapshot> {
  const before = await runAsync(stateOf(descriptorPath));
  const target = nodeOf(before, guid);
  if (target === before.top && !discardTop)
    throw new RefusedError(
      'SNAPSHOT_IS_TOP',
      `${target.guid} is the top delta, whose data would be lost`,
      'Switch to another snapshot, merge, or say discardTop: true.',
    );
  await runner.snapshotDelete(
    { descriptor: descriptorPath, guid: target.guid },
    signal && { signal },
  );
  // Only the top is renamed by a deletion, to the parent that takes its place.
  const after = await runAsync(stateOf(descriptorPath));
  const remains = target !== before.top && after.graph.node(target.guid) !== undefined;
  if (remains) return { outcome: 'marked-temporary' };
  return { outcome: before.graph.children(target.guid).length === 0 ? 'deleted' : 'merged' };
}
