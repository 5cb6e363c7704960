import type { DiskDescriptor } from '../model.ts';
import { BANDS, type Band } from '../releases/bands.ts';
import type { Plan, PlanOptions } from './plan.ts';
import type { PlanRefusal, PlanRefusalCode } from './refusals.ts';

/** The plan of an operation for releases that behave alike. */
export interface BandPlan {
  readonly band: Band;
  readonly plan: Plan;
}

/** The plans of an operation for all releases from 1.11 on, as it need not be known which of them runs. */
export function planBands(
  planOf: (options: PlanOptions & { readonly release: Band['first'] }) => Plan,
  directory?: string,
): readonly BandPlan[] {
  return BANDS.map((band) => ({ band, plan: planOf({ release: band.first, directory }) }));
}

/** What a release cannot do it does not do; what works on a mounted disk alone is planned for none. */
const UNSUPPORTED: readonly PlanRefusalCode[] = [
  'CHILDREN_SEVERAL',
  'NEW_FILE_UNSUPPORTED',
  'OFFLINE_UNSUPPORTED',
  'RANGE_UNSUPPORTED',
  'RAW_BASE',
];

/** What fails half-way: a mark is left, of which later calls lose data, or a level is merged. */
const HALFWAY: readonly PlanRefusalCode[] = [
  'RAW_BASE_MERGE',
  'MERGE_ALL_BRANCHED',
  'MERGE_FAILS',
  'NEW_FILE_UNSUPPORTED',
];

/** Exit codes between these are crashes. */
const NO_SIGNAL = 128;
const UNSPECIFIC = 255;

/**
 * Why a release must not be let to carry out what a plan refuses: it does so all the same and loses data, crashes, or fails
 * half-way. `undefined` if it refuses by itself, or nothing speaks against it.
 */
export function harmOf(
  { descriptor, actions, refusals }: Plan,
  before: DiskDescriptor,
): PlanRefusal | undefined {
  const isBegun = descriptor !== before || actions.length > 0;
  return refusals.find(({ code, exitCode }) => {
    if (isBegun && HALFWAY.includes(code)) return true;
    if (UNSUPPORTED.includes(code)) return false;
    return exitCode === undefined || (exitCode > NO_SIGNAL && exitCode < UNSPECIFIC);
  });
}
