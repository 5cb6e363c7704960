import type { DiskDescriptor } from '@ploop/descriptor';
import type { Plan, PlanOptions, PlanRefusal, PlanRefusalCode } from '@ploop/descriptor/plan';
import { RefusedError, type Refusal } from '@ploop/runner';

import type { DiskState } from './state.ts';

/** The families of releases that a plan can be made for. */
const RELEASES: readonly NonNullable<PlanOptions['release']>[] = ['1.12', '1.15', '7', '9'];

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
  OFFLINE_UNSUPPORTED: 'NOT_IN_RELEASE',
  NEW_FILE_UNSUPPORTED: 'NOT_IN_RELEASE',
} as const satisfies Record<PlanRefusalCode, Refusal>;

/**
 * Refuses what no release would carry out. What only some refuse is left to the tool, whose release need not be known.
 *
 * @throws RefusedError
 */
export function refuseHopeless(
  { descriptor, directory }: DiskState,
  operation: string,
  planOf: (descriptor: DiskDescriptor, options: PlanOptions) => Plan,
): void {
  const plans = RELEASES.map((release) => planOf(descriptor, { release, directory }));
  const [refusal] = plans.flatMap(({ refusals }) => refusals);
  if (refusal !== undefined && plans.every(({ outcome }) => outcome === 'refused'))
    throw refusedBy(operation, refusal);
}

/** A refusal of a plan as the error that a caller gets. */
function refusedBy(operation: string, { code, hint }: PlanRefusal): RefusedError {
  return new RefusedError(reasons[code], `${operation} is refused: ${code}`, hint);
}
