import { resolveFile, type Guid } from '@ploop/descriptor';
import { runAsync } from '@ploop/descriptor/node';
import { planMerge } from '@ploop/descriptor/plan';

import { refuseHarm } from '../plan-refused.ts';
import { refuseDamaged } from '../refuse-damaged.ts';
import { nodeOf, stateOf } from '../state.ts';
import { verify } from '../verify.ts';
import type { MutationOptions, Target } from './target.ts';

/** Two shots that have become one. */
export interface MergedSnapshot {
  /** The upper GUID, which remains. The one of the parent is gone. */
  readonly guid: Guid;
  /** Absolute path of the file that holds the data of both. */
  readonly file: string;
}

/** Merges a snapshot, or the top, into its parent. */
export async function mergeSnapshot(
  { descriptorPath, runner }: Target,
  guid?: string,
  { signal }: MutationOptions = {},
): Promise<MergedSnapshot> {
  const before = await runAsync(stateOf(descriptorPath));
  const upper = guid === undefined ? before.top : nodeOf(before, guid);
  refuseDamaged(before);
  // Without a GUID the tool merges the top: the shortest call is the one that every release knows.
  const target = upper === before.top ? {} : { guid: upper.guid };
  await refuseHarm(runner, before, 'snapshot-merge', (descriptor, options) =>
    planMerge(descriptor, target, options),
  );
  await runner.snapshotMerge({ descriptor: descriptorPath, ...target }, { signal });
  const { graph, top, directory } = await runAsync(stateOf(descriptorPath));
  const merged = upper === before.top ? top : graph.node(upper.guid);
  const isMerged = graph.node(upper.parentGuid) === undefined && merged?.image !== undefined;
  verify(isMerged, 'snapshot-merge', `${upper.parentGuid} merged into ${upper.guid}`);
  return { guid: merged.guid, file: resolveFile(directory, merged.image.file) };
}
