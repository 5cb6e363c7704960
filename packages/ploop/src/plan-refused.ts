import type { DiskDescriptor } from '@ploop/descriptor';
import type { Plan, PlanOptions, PlanRefusal, PlanRefusalCode } from '@ploop/descriptor/plan';
import {
  compareVersions,
  RefusedError,
  type Refusal,
  type Release,
  type Runner,
  type Version,
} from '@ploop/runner';

import type { DiskState } from './state.ts';

type PlanRelease = NonNullable<PlanOptions['release']>;

/** The families of releases that a plan can be made for. */
const RELEASES: readonly PlanRelease[] = ['1.12', '1.15', '7', '9'];

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

/**
 * Refuses what the tool would carry out all the same, losing data or crashing. Where its release is known only in part, what
 * any of those that it can be would do counts; where it is not known at all, nothing does.
 *
 * @throws RefusedError
 */
export async function refuseHarm(
  runner: Runner,
  { descriptor, directory }: DiskState,
  operation: string,
  planOf: (descriptor: DiskDescriptor, options: PlanOptions) => Plan,
): Promise<void> {
  const known = await runner.release();
  for (const release of known === undefined ? [] : familiesOf(known))
    for (const refusal of planOf(descriptor, { release, directory }).refusals) {
      const exitCode = refusal.exitCodes[release];
      if (exitCode === undefined || exitCode >= SIGNALLED) throw refusedBy(operation, refusal);
    }
}

/** Exit codes from here on stand for a signal: the tool crashes. */
const SIGNALLED = 128;

/** Where each family begins, in the order of {@link RELEASES}; the next one ends it. */
const BEGINNINGS: readonly Version[] = ['1', '1.13', '7', '8'];

/** The families that a release can be of. */
function familiesOf({ from, to }: Release): readonly PlanRelease[] {
  return RELEASES.filter((_, index) => {
    const begin = BEGINNINGS[index] ?? '1';
    const end = BEGINNINGS[index + 1];
    const isBegun = to === undefined || compareVersions(to, begin) >= 0;
    return isBegun && (end === undefined || compareVersions(from, end) < 0);
  });
}

/** A refusal of a plan as the error that a caller gets. */
function refusedBy(operation: string, { code, hint }: PlanRefusal): RefusedError {
  return new RefusedError(reasons[code], `${operation} is refused: ${code}`, hint);
}
