import type { DiskDescriptor } from '@ploop/descriptor';
import {
  planSnapshot,
  type Plan,
  type PlanOptions,
  type PlanRefusal,
  type PlanRefusalCode,
} from '@ploop/descriptor/plan';
import {
  availability,
  RefusedError,
  type Refusal,
  type Releases,
  type Runner,
} from '@ploop/runner';

import type { DiskState } from './state.ts';

type PlanRelease = NonNullable<PlanOptions['release']>;
type PlanOf = (descriptor: DiskDescriptor, options: PlanOptions) => Plan;

/** The families of releases that a plan can be made for. */
const RELEASES: readonly PlanRelease[] = ['1.12', '1.15', '7', '9'];

/** Which releases write a descriptor as a family does: the first ones of 7 know of neither keys nor volumes. */
const families: Readonly<Record<PlanRelease, Releases>> = {
  '1.12': [{ since: '1', before: '1.13' }],
  '1.15': [{ since: '1.13', before: '7.0.43' }],
  '7': [{ since: '7.0.43', before: '8' }],
  '9': [{ since: '8' }],
};

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
  RAW_BASE: 'NOT_IN_RELEASE',
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
  planOf: PlanOf,
): void {
  const plans = RELEASES.map((release) => planOf(descriptor, { release, directory }));
  const [refusal] = plans.flatMap(({ refusals }) => refusals);
  if (refusal !== undefined && plans.every(({ outcome }) => outcome === 'refused'))
    throw refusedBy(operation, refusal);
}

/**
 * Refuses what the tool would carry out all the same, losing data or crashing. Its release is only found out where that
 * makes a difference; where it is known in part, or not at all, what any of those that it can be would do counts.
 *
 * @throws RefusedError
 */
export async function refuseHarm(
  runner: Runner,
  { descriptor, directory }: DiskState,
  operation: string,
  planOf: PlanOf,
): Promise<void> {
  const harms = RELEASES.flatMap((release) =>
    planOf(descriptor, { release, directory })
      .refusals.filter((refusal) => isHarm(refusal, release))
      .map((refusal) => ({ release, refusal })),
  );
  if (harms.length === 0) return;
  const actual = await runner.release();
  const harm = harms.find(({ release }) => availability(actual, families[release]) !== 'no');
  if (harm !== undefined) throw refusedBy(operation, harm.refusal);
}

/**
 * {@link refuseHarm} for what has no plan of its own and writes the descriptor anew. Releases that know volumes do so with
 * those, too.
 *
 * @throws RefusedError
 */
export async function refuseMiswritten(
  runner: Runner,
  state: DiskState,
  operation: string,
): Promise<void> {
  await refuseHarm(runner, state, operation, ({ volume, ...rest }, options) => {
    const isKept = volume === undefined || options.release === '7' || options.release === '9';
    return planSnapshot(isKept ? rest : { ...rest, volume }, {}, options);
  });
}

/** Exit codes between these are crashes. */
const NO_SIGNAL = 128;
const UNSPECIFIC = 255;

/** Whether a release does not refuse by itself what a plan does: it succeeds, or crashes. */
function isHarm({ code, exitCodes }: PlanRefusal, release: PlanRelease): boolean {
  // What a release cannot do it does not do; what works on a mounted disk alone is planned for none.
  if (reasons[code] === 'NOT_IN_RELEASE') return false;
  const exitCode = exitCodes[release];
  return exitCode === undefined || (exitCode > NO_SIGNAL && exitCode < UNSPECIFIC);
}

/** A refusal of a plan as the error that a caller gets. */
function refusedBy(operation: string, { code, hint }: PlanRefusal): RefusedError {
  return new RefusedError(reasons[code], `${operation} is refused: ${code}`, hint);
}
