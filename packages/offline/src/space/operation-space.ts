import type { Diagnostic, SnapshotGraph, Guid } from '@ploop/descriptor';
import type { Plan, PlanOutcome, PlanRefusalCode, PlanWarning } from '@ploop/descriptor/plan';

import type { SpaceChange } from './operations.ts';

/** Why a number is not known. */
export type UnknownSpace =
  /** The operation is refused. */
  | 'REFUSED'
  /** An image that counts cannot be read: it is missing, or damaged. */
  | 'IMAGE_UNREADABLE'
  /** An image that would be merged is marked as in use: the tool does not merge it until a mount or a check has closed it. */
  | 'IMAGE_IN_USE';

/** Findings about files that are a reason of their own. */
const OWN = ['IMAGE_LINKED', 'DELTA_OUTSIDE', 'DESCRIPTOR_RIVAL'] as const;
type OwnRefusal = (typeof OWN)[number];

/** Why an operation is not offered. */
export interface SpaceRefusal {
  /** Of the plan, or what the runner and the facade refuse besides. */
  readonly code: PlanRefusalCode | 'SNAPSHOT_IS_TOP' | OwnRefusal;
  readonly hint: string;
}

/** What an operation would do to the space of a disk, in bytes. */
export interface OperationSpace extends Partial<SpaceChange> {
  readonly guid: Guid;
  /** `snapshot-delete -u`, or `snapshot-merge -u`: the shot into its parent. */
  readonly operation: 'delete' | 'merge';
  readonly outcome: PlanOutcome;
  readonly refusals: readonly SpaceRefusal[];
  /** What is easily overlooked, as that data is lost. */
  readonly warnings: readonly PlanWarning[];
  /** Why `frees`, `moves` and `needs` are absent; absent if they are there. */
  readonly unknown?: UnknownSpace;
}

/** An operation, and what is known of the images of its disk. */
export interface PlannedOperation {
  readonly guid: Guid;
  readonly operation: 'delete' | 'merge';
  readonly plan: Plan;
  readonly change: SpaceChange | undefined;
}

/** What is known of the images of a disk, by name as the descriptor writes it. */
export interface KnownImages {
  readonly graph: SnapshotGraph;
  readonly isReadable: (file: string) => boolean;
  /** Whether its file reaches to where its data begin: the tool merges into no other one. */
  readonly reachesData: (file: string) => boolean;
  /** Whether its mark says to the tool that nothing writes to it. */
  readonly isClosed: (file: string) => boolean;
  /** An error that was found in it; that it is missing does not count, as the tool refuses what needs it. */
  readonly damage: (file: string) => Diagnostic | undefined;
  /** Why the images speak against a plan. */
  readonly faults: (plan: Plan) => readonly Diagnostic[];
}

/** A row for an operation: refused where the facade refuses it, and without numbers that nothing shows. */
export function operationSpace(
  { guid, operation, plan, change }: PlannedOperation,
  images: KnownImages,
): OperationSpace {
  const { warnings } = plan;
  const refusals = refusalsOf({ guid, operation, plan, change }, images);
  const common = { guid, operation, refusals, warnings };
  if (refusals.length > 0) return { ...common, outcome: 'refused', unknown: 'REFUSED' };
  const { outcome } = plan;
  const isWhole = filesOf(plan).every(images.isReadable);
  if (change === undefined || !isWhole || !intoOf(plan).every(images.reachesData))
    return { ...common, outcome, unknown: 'IMAGE_UNREADABLE' };
  return mergedIn(plan).every(images.isClosed)
    ? { ...common, outcome, ...change }
    : { ...common, outcome, unknown: 'IMAGE_IN_USE' };
}

function refusalsOf(
  { guid, operation, plan }: PlannedOperation,
  { graph, isReadable, damage, faults }: KnownImages,
): readonly SpaceRefusal[] {
  if (plan.refusals.length > 0) return plan.refusals.map(({ code, hint }) => ({ code, hint }));
  if (operation === 'delete' && graph.top !== undefined && graph.node(guid) === graph.top)
    return [
      {
        code: 'SNAPSHOT_IS_TOP',
        hint: 'It is what the disk writes to: everything since the last snapshot would be lost. Switch to another snapshot, or merge it.',
      },
    ];
  const isMerge = plan.actions.some(({ action }) => action === 'merge');
  const damaged = filesOf(plan).flatMap((file) =>
    isMerge || !isReadable(file) ? (damage(file) ?? []) : [],
  );
  return [...faults(plan), ...damaged].slice(0, 1).map(({ code, hint }) => ({
    code: OWN.find((own) => own === code) ?? 'DISK_DAMAGED',
    hint,
  }));
}

function mergedIn({ actions }: Plan): readonly string[] {
  return actions.flatMap((step) => (step.action === 'merge' ? [step.file, step.into] : []));
}

function intoOf({ actions }: Plan): readonly string[] {
  return actions.flatMap((step) => (step.action === 'merge' ? [step.into] : []));
}

/** The images that an operation reads or removes. */
function filesOf({ actions }: Plan): readonly string[] {
  return actions.flatMap((step) => {
    if (step.action === 'merge') return [step.file, step.into];
    return step.action === 'remove' ? [step.file] : [];
  });
}
