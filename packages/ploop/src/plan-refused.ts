import type { DiskDescriptor } from '@ploop/descriptor';
import {
  planSnapshot,
  type Plan,
  type PlanOptions,
  type PlanRefusal,
  type PlanRefusalCode,
} from '@ploop/descriptor/plan';
import { BANDS, type Band } from '@ploop/descriptor/releases';
import { availability, RefusedError, type Refusal, type Runner } from '@ploop/runner';

import type { DiskState } from './state.ts';

type PlanOf = (descriptor: DiskDescriptor, options: PlanOptions) => Plan;

/** What a caller is told where a plan is refused. */
const reasons = {
  DESCRIPTOR_INVALID: 'DISK_DAMAGED',
  DISK_DAMAGED: 'DISK_DAMAGED',
  OLD_FORMAT: 'DESCRIPTOR_OUTDATED',
  TOP_GUID_TAKEN: 'DISK_DAMAGED',
  REVERSE_MERGE_INTERRUPTED: 'DISK_DAMAGED',
  GEOMETRY_ZERO: 'DESCRIPTOR_MISWRITTEN',
  ENCRYPTION_LOST: 'DESCRIPTOR_MISWRITTEN',
  NAME_MISWRITTEN: 'DESCRIPTOR_MISWRITTEN',
  VOLUME: 'DISK_IS_VOLUME',
  VOLUME_SHARED: 'VOLUME_HAS_CHILDREN',
  VOLUME_PARENT: 'DISK_IS_VOLUME',
  GUID_INVALID: 'GUID_INVALID',
  GUID_RESERVED: 'GUID_INVALID',
  GUID_TAKEN: 'GUID_TAKEN',
  CHAIN_FULL: 'CHAIN_FULL',
  TEMPORARY_STUCK: 'SNAPSHOT_IS_TEMPORARY',
  ALREADY_TEMPORARY: 'SNAPSHOT_IS_TEMPORARY',
  SNAPSHOT_UNKNOWN: 'SNAPSHOT_UNKNOWN',
  ALREADY_ON_TOP: 'SNAPSHOT_IS_TOP',
  TOP_MISSPELLED: 'SNAPSHOT_IS_TOP',
  TARGET_IS_TEMPORARY: 'SNAPSHOT_IS_TEMPORARY',
  BASE_IMAGE: 'SNAPSHOT_IS_BASE',
  PARENT_IS_TEMPORARY: 'SNAPSHOT_IS_TEMPORARY',
  TOP_WOULD_BE_SHARED: 'PARENT_IS_SHARED',
  NO_PARENT: 'SNAPSHOT_IS_BASE',
  PARENT_IS_SHARED: 'PARENT_IS_SHARED',
  NOT_AN_ANCESTOR: 'SNAPSHOT_UNKNOWN',
  ANCESTOR_MISSPELLED: 'SNAPSHOT_UNKNOWN',
  RANGE_UNSUPPORTED: 'NOT_IN_RELEASE',
  MERGE_ALL_BRANCHED: 'PARENT_IS_SHARED',
  IMAGE_UNKNOWN: 'IMAGE_UNKNOWN',
  FILE_TAKEN: 'IMAGE_IN_DISK',
  RAW_BASE: 'NOT_IN_RELEASE',
  OFFLINE_UNSUPPORTED: 'NOT_IN_RELEASE',
  NEW_FILE_UNSUPPORTED: 'NOT_IN_RELEASE',
  CHILDREN_SEVERAL: 'NOT_IN_RELEASE',
  SIZE_UNALIGNED: 'SIZE_INVALID',
  RAW_BASE_MERGE: 'DISK_IS_RAW',
  TEMPORARY_UNMERGEABLE: 'RELEASE_UNFIT',
  MERGE_FAILS: 'RELEASE_UNFIT',
  MERGE_IGNORED: 'RELEASE_UNFIT',
  MERGE_ALL_PARTIAL: 'RELEASE_UNFIT',
} as const satisfies Record<PlanRefusalCode, Refusal>;

/**
 * Refuses what no release would carry out. What only some refuse is left to the tool, whose release need not be known.
 *
 * @throws RefusedError
 */
export function refuseHopeless(
  { descriptor, directory }: DiskState,
  operation: string,
  planOf: PlanOf,
): void {
  const refusalOf = ({ first }: Band): PlanRefusal | undefined =>
    planOf(descriptor, { release: first, directory }).refusals[0];
  const hopeful = BANDS.find((band) => refusalOf(band) === undefined);
  const refusal = hopeful === undefined && BANDS[0] !== undefined ? refusalOf(BANDS[0]) : undefined;
  if (refusal !== undefined) throw refusedBy(operation, refusal);
}

/**
 * Refuses what the tool would carry out all the same, losing data or crashing. Its release is only found out where that
 * makes a difference; where it is known in part, or not at all, what any of those that it can be would do counts. If
 * the tool is not known at all, faults that do not depend on the disk are not assumed; the result is verified afterwards.
 *
 * @throws RefusedError
 */
export async function refuseHarm(
  runner: Runner,
  { descriptor, directory }: DiskState,
  operation: string,
  planOf: PlanOf,
): Promise<void> {
  const harms = BANDS.flatMap((band) => {
    const plan = planOf(descriptor, { release: band.first, directory });
    return plan.refusals
      .filter((refusal) => isHarm(refusal, isHalfway(plan, descriptor)))
      .map((refusal) => ({ band, refusal }));
  });
  if (harms.length === 0) return;
  const actual = await runner.release();
  const harm = harms.find(({ band, refusal }) =>
    actual === undefined
      ? reasons[refusal.code] !== 'RELEASE_UNFIT'
      : availability(actual, [band]) !== 'no',
  );
  if (harm !== undefined) throw refusedBy(operation, harm.refusal);
}

/**
 * {@link refuseHarm} for what has no plan of its own and writes the descriptor anew.
 *
 * @throws RefusedError
 */
export async function refuseMiswritten(
  runner: Runner,
  state: DiskState,
  operation: string,
): Promise<void> {
  await refuseHarm(runner, state, operation, (descriptor, options) =>
    planSnapshot(descriptor, {}, options),
  );
}

/** Exit codes between these are crashes. */
const NO_SIGNAL = 128;
const UNSPECIFIC = 255;

/** What fails half-way: a mark is left, of which later calls lose data, or a level is merged. */
const HALFWAY: readonly PlanRefusalCode[] = [
  'RAW_BASE_MERGE',
  'MERGE_FAILS',
  'NEW_FILE_UNSUPPORTED',
];

function isHalfway({ descriptor, actions }: Plan, before: DiskDescriptor): boolean {
  return descriptor !== before || actions.length > 0;
}

/** Whether a release does not refuse by itself what a plan does: it succeeds, crashes, or fails half-way. */
function isHarm({ code, exitCode }: PlanRefusal, isBegun: boolean): boolean {
  if (isBegun && HALFWAY.includes(code)) return true;
  // What a release cannot do it does not do; what works on a mounted disk alone is planned for none.
  if (reasons[code] === 'NOT_IN_RELEASE') return false;
  return exitCode === undefined || (exitCode > NO_SIGNAL && exitCode < UNSPECIFIC);
}

/** A refusal of a plan as the error that a caller gets. */
function refusedBy(operation: string, { code, hint }: PlanRefusal): RefusedError {
  return new RefusedError(reasons[code], `${operation} is refused: ${code}`, hint);
}
