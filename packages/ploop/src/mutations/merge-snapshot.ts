import { resolveFile, type Guid } from '@ploop/descriptor';
import { runAsync } from '@ploop/descriptor/internal';
import { planMerge } from '@ploop/descriptor/plan';
import { commands, filesTold } from '@ploop/runner';

import { plansFor, refuseHarmful } from '../refusals/plan-refused.ts';
import { refuseDamaged } from '../refusals/refuse-damaged.ts';
import { refusePlannedImages, type GuardOptions } from '../refusals/refuse-images.ts';
import type { MutationOptions } from '../run/run-target.ts';
import { currentState, type Source } from '../state/source.ts';
import { nodeOf, stateOf } from '../state/state.ts';

/** What a merge can be given. */
export interface MergeSnapshotOptions extends MutationOptions, GuardOptions {}

/** Two shots that have become one. */
export interface MergedSnapshot {
  /** The upper GUID, which remains. The one of the parent is gone. */
  readonly guid: Guid;
  /** Absolute path of the file that holds the data of both. */
  readonly file: string;
}

/** Merges a snapshot, or the top, into its parent. */
export async function mergeSnapshot(
  source: Source,
  guid?: string,
  { allowLinked, allowRival, signal }: MergeSnapshotOptions = {},
): Promise<MergedSnapshot> {
  const { descriptorPath, runner } = source;
  const before = await runAsync(currentState(source));
  const upper = guid === undefined ? before.top : nodeOf(before, guid);
  refuseDamaged(before);
  // Without a GUID the tool merges the top: the shortest call is the one that every release knows.
  const target = upper === before.top ? {} : { guid: upper.guid };
  const plans = plansFor(before, (descriptor, options) => planMerge(descriptor, target, options));
  await refuseHarmful(runner, before, 'snapshot-merge', plans);
  const operation = 'mergeSnapshot';
  await refusePlannedImages(source, before, plans, { operation, allowLinked, allowRival, signal });
  const input = { descriptor: descriptorPath, ...target };
  const { stdout } = await runner.complete(commands.snapshotMerge, input, { signal });
  // Others may have taken a snapshot before the merge, which is then what the top was merged into.
  const lower = filesTold({ stdout }).merged[0]?.lower ?? upper.parentGuid;
  const { graph, top, directory } = await runAsync(stateOf(descriptorPath));
  const merged = upper === before.top ? top : (graph.node(upper.guid) ?? upper);
  const image = merged === upper ? before.graph.node(lower)?.image : merged.image;
  return { guid: merged.guid, file: resolveFile(directory, image?.file ?? '') };
}
