import { resolveFile, type Guid } from '@ploop/descriptor';
import { options } from '@ploop/descriptor/arguments';
import { runAsync } from '@ploop/descriptor/internal';
import { commands, reportedFiles, plansOfCommand } from '@ploop/runner';

import { aGuid, GUARDED } from '../arguments/rules.ts';
import { refuseHarmful } from '../refusals/plan-refused.ts';
import { refuseDamaged } from '../refusals/refuse-damaged.ts';
import { refusePlannedImages, type GuardOptions } from '../refusals/refuse-images.ts';
import { refuseShown } from '../refusals/refuse-shown.ts';
import type { MutationOptions } from '../run/run-target.ts';
import { currentState, type Source } from '../state/source.ts';
import { nodeOf, spelled, stateOf } from '../state/state.ts';
import { unwritten, type PredictedMutation } from './mutation.ts';
import { planCommand } from './plan.ts';

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
async function mergeShot(
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
  const plans = plansOfCommand('snapshot-merge', target, before);
  await refuseHarmful(runner, 'snapshot-merge', plans);
  const operation = 'mergeSnapshot';
  await refusePlannedImages(source, before, plans, { operation, allowLinked, allowRival, signal });
  const input = { descriptor: descriptorPath, ...target };
  const { stdout } = await runner.complete(commands.snapshotMerge, input, { signal });
  // Others may have taken a snapshot before the merge, which is then what the top was merged into.
  const lower = reportedFiles({ stdout }).merged[0]?.lower ?? upper.parentGuid;
  const { graph, top, directory } = await runAsync(stateOf(descriptorPath));
  const merged = upper === before.top ? top : (graph.node(upper.guid) ?? upper);
  const image = merged === upper ? before.graph.node(lower)?.image : merged.image;
  return { guid: merged.guid, file: resolveFile(directory, image?.file ?? '') };
}

/** `disk.mergeSnapshot`. */
export const mergeSnapshot: PredictedMutation<
  [guid?: string, options?: MergeSnapshotOptions],
  MergedSnapshot
> = {
  rules: { guid: aGuid, options: options(GUARDED) },
  guard: unwritten,
  run: mergeShot,
  foresee: async (source, guid) => {
    const state = await runAsync(currentState(source));
    const upper = guid === undefined ? state.top : nodeOf(state, guid);
    await refuseShown(source, state, [upper.guid, upper.parentGuid]);
  },
  model: (_source, state, planOptions, text) => {
    const guid = text === undefined ? undefined : spelled(state, text);
    const isTop = guid === undefined || guid === state.top.guid;
    return planCommand('snapshot-merge', isTop ? {} : { guid }, state, planOptions);
  },
};
