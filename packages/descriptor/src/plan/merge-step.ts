import type { Guid } from '../guid.ts';
import type { SnapshotNode } from '../graph/node.ts';
import type { DiskDescriptor } from '../model.ts';
import type { PlanRelease } from '../release.ts';
import { withMerged } from './edit.ts';
import type { PlannedAction } from './plan.ts';
import { planWarning, type PlanWarning } from './warnings.ts';

/** What merging one shot into its parent does. */
export interface MergeStep {
  readonly descriptor: DiskDescriptor;
  readonly actions: readonly PlannedAction[];
}

/** Where the result stands in the lists. */
const placeOfMerged: Readonly<Record<PlanRelease, 'lower' | 'upper'>> = {
  '1.12': 'lower',
  '1.15': 'lower',
  '7': 'lower',
  '9': 'upper',
};

/** Merges a shot into its parent; the result has the GUID of the upper one as `guid` spells it. */
export function mergeStep(
  descriptor: DiskDescriptor,
  upper: SnapshotNode,
  lower: SnapshotNode,
  release: PlanRelease,
  guid: Guid = upper.guid,
): MergeStep {
  const place = placeOfMerged[release];
  return {
    descriptor: withMerged(descriptor, upper, lower, { guid, place }),
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
  release: PlanRelease,
): readonly PlanWarning[] {
  const guids = lowers.map(({ guid }) => guid);
  const marks = release === '7' || release === '9';
  return [
    ...planWarning('STATE_LOST', guids),
    ...planWarning('MERGE_MARKS_PARENT', marks ? guids : []),
  ];
}
