import type { Guid } from '../guid.ts';
import type { SnapshotNode } from '../graph/node.ts';
import type { DiskDescriptor } from '../model.ts';
import type { Behaviour } from '../releases/behaviour.ts';
import { withMerged } from './edit.ts';
import type { PlannedAction } from './plan.ts';
import { planWarning, type PlanWarning } from './warnings.ts';

/** What merging one shot into its parent does. */
export interface MergeStep {
  readonly descriptor: DiskDescriptor;
  readonly actions: readonly PlannedAction[];
}

/** Merges a shot into its parent; the result has the GUID of the upper one as `guid` spells it. */
export function mergeStep(
  descriptor: DiskDescriptor,
  upper: SnapshotNode,
  lower: SnapshotNode,
  release: Behaviour,
  guid: Guid = upper.guid,
): MergeStep {
  return {
    descriptor: withMerged(descriptor, upper, lower, { guid, place: release.placeOfMerged }),
    actions: mergeActions([lower, upper]),
  };
}

/** What merging some shots into the first of them does to files: each into the lowest, then away from the top down. */
export function mergeActions(chain: readonly SnapshotNode[]): readonly PlannedAction[] {
  const [into, ...files] = chain.flatMap(({ image }) => image?.file ?? []);
  if (into === undefined) return [];
  return [
    ...files.map((file) => ({ action: 'merge', file, into }) as const),
    ...files.toReversed().map((file) => ({ action: 'remove', file }) as const),
  ];
}

/** What is easily overlooked about merging into some shots. */
export function mergeWarnings(
  lowers: readonly SnapshotNode[],
  release: Behaviour,
): readonly PlanWarning[] {
  const guids = lowers.map(({ guid }) => guid);
  return [
    ...planWarning('STATE_LOST', guids),
    ...planWarning('MERGE_MARKS_PARENT', release.marksBeforeMerge ? guids : []),
  ];
}
