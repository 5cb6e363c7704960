import type { DiskDescriptor } from '../model.ts';
import { BANDS, type Band } from '../releases/bands.ts';
import { planOperation, type PlannedOperation } from './operations.ts';
import type { Plan } from './plan.ts';
import type { PlanRefusal, PlanRefusalCode } from './refusals.ts';

/** What releases that behave alike make of an operation. */
export interface BandPlan {
  readonly band: Band;
  /** What they refuse, with which exit code, and what they do otherwise. */
  readonly plan: Plan;
  /** Why they must not be let to carry it out, see {@link harmOf}. */
  readonly harm: PlanRefusal | undefined;
}

/** What all releases from 1.11 on make of an operation, as it need not be known which of them runs. */
export function planBands(
  descriptor: DiskDescriptor,
  operation: PlannedOperation,
  directory?: string,
): readonly BandPlan[] {
  return BANDS.map((band) => {
    const plan = planOperation(descriptor, operation, { release: band.first, directory });
    return { band, plan, harm: harmOf(plan, descriptor) };
  });
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
 * Why a release must not be let to carry out what a plan refuses: it does so anyway and loses data, crashes, or fails
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
