import { isBase, parseGuidArgument, resolveFile } from '@ploop/descriptor';
import { aFlag, needed, options } from '@ploop/descriptor/arguments';
import { runAsync } from '@ploop/descriptor/internal';
import { commands, reportedFiles, plansOfCommand, RefusedError } from '@ploop/runner';

import { aGuid, GUARDED } from '../arguments/rules.ts';
import { refuseHarmful } from '../refusals/plan-refused.ts';
import { refuseDamaged, refuseForeignFile } from '../refusals/refuse-damaged.ts';
import { refusePlannedImages, type GuardOptions } from '../refusals/refuse-images.ts';
import { refuseMainMounted, refuseShown } from '../refusals/refuse-shown.ts';
import type { MutationOptions } from '../run/run-target.ts';
import { currentState, type Source } from '../state/source.ts';
import { nodeOf, spelled, type DiskState } from '../state/state.ts';
import { unwritten, type PredictedMutation } from './mutation.ts';
import { planCommand, refusedPlan } from './plan.ts';

/** What a deletion can be given. */
export interface DeleteSnapshotOptions extends MutationOptions, GuardOptions {
  /** Allows to delete the top of a disk that is not mounted: its data is lost and its parent is written to instead. */
  readonly discardTop?: boolean | undefined;
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
export async function deleteShot(
  source: Source,
  guid: string,
  { discardTop = false, allowLinked, allowRival, signal }: DeleteSnapshotOptions = {},
): Promise<DeletedSnapshot> {
  const { descriptorPath, runner } = source;
  const before = await runAsync(currentState(source));
  const target = nodeOf(before, guid);
  if (target === before.top) refuseTop(before, discardTop);
  refuseDamaged(before);
  const plans = plansOfCommand('snapshot-delete', { guid: target.guid }, before);
  await refuseHarmful(runner, 'snapshot-delete', plans);
  const children = before.graph.children(target.guid).length;
  if (children === 0 && target.image !== undefined && !isBase(target))
    await runAsync(refuseForeignFile(resolveFile(before.directory, target.image.file)));
  const operation = 'deleteSnapshot';
  await refusePlannedImages(source, before, plans, { operation, allowLinked, allowRival, signal });

  const input = { descriptor: descriptorPath, guid: target.guid, discardTop };
  const { value, stdout } = await runner.complete(commands.snapshotDelete, input, { signal });
  if (value.markedTemporary) return { outcome: 'marked-temporary' };
  const hasMerged = children > 0 || reportedFiles({ stdout }).merged.length > 0;
  return { outcome: hasMerged ? 'merged' : 'deleted' };
}

function refuseTop({ graph, top }: DiskState, discardTop: boolean): void {
  if (!discardTop)
    throw new RefusedError(
      'SNAPSHOT_IS_TOP',
      `${top.guid} is the top delta, whose data would be lost`,
      'Switch to another snapshot, merge, or say discardTop: true.',
    );
  if (graph.children(top.parentGuid).length > 1)
    throw new RefusedError(
      'PARENT_IS_SHARED',
      `other shots hang on ${top.parentGuid}, which would become the top and be written to`,
      'Switch to another snapshot instead.',
    );
}

/** `disk.deleteSnapshot`. */
export const deleteSnapshot: PredictedMutation<
  [guid: string, options?: DeleteSnapshotOptions],
  DeletedSnapshot
> = {
  rules: { guid: needed(aGuid), options: options({ ...GUARDED, discardTop: aFlag }) },
  guard: unwritten,
  run: deleteShot,
  foresee: async (source, text) => {
    const state = await runAsync(currentState(source));
    const guid = spelled(state, text);
    if (guid === state.top.guid) await refuseMainMounted(source, 'deleteSnapshot');
    else await refuseShown(source, state, [guid, ...onlyChild(state, guid)]);
  },
  model: (_source, state, planOptions, text, { discardTop } = {}) => {
    const { descriptor } = state;
    const guid = spelled(state, text);
    const made = planCommand('snapshot-delete', { guid, isMounted: false }, state, planOptions);
    const isKept = guid === state.top.guid && discardTop !== true;
    return isKept ? { ...refusedPlan(TOP_NOT_DISCARDED, made.refusals), descriptor } : made;
  },
};

const TOP_NOT_DISCARDED = {
  code: 'TOP_NOT_DISCARDED',
  hint: 'This is the top delta, whose data would be lost. Say discardTop: true.',
  diagnostics: [],
} as const;

/** What a snapshot that is deleted is merged with. */
function onlyChild({ graph }: DiskState, text: string): readonly string[] {
  const guid = parseGuidArgument(text);
  const children = guid === undefined ? [] : graph.children(guid);
  return children.length === 1 ? children.map((child) => child.guid) : [];
}
