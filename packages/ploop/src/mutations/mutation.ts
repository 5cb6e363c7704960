import type { DiskDescriptor } from '@ploop/descriptor';
import type { Rules } from '@ploop/descriptor/arguments';
import type { PlanOptions } from '@ploop/descriptor/plan';
import type { Among } from '@ploop/runner';

import { refuseOutside } from '../refusals/refuse-outside.ts';
import { refuseWritten } from '../refusals/refuse-written.ts';
import type { Source } from '../state/source.ts';
import type { DiskState } from '../state/state.ts';
import type { DiskPlan, MutationPlan } from './plan.ts';

/** What is said of the plan of a mutation, besides that it is refused as the mutation is. */
interface Planning<Given extends readonly unknown[], Details> {
  /** Predicts the descriptor: see {@link PredictedMutation}. */
  readonly model?: Model<Given>;
  /** The descriptor that is written, for a mutation that does so without the tool. */
  readonly written?: (source: Source, ...given: Given) => Promise<DiskDescriptor>;
  /**
   * Throws what the tool refuses because of the devices of the disk, which the mutation leaves to it.
   *
   * @throws RefusedError
   */
  readonly foresee?: (source: Source, ...given: Given) => Promise<void>;
  /** Adds what is worked on to a plan that calls the tool, or refuses it. */
  readonly details?: (
    source: Source,
    plan: MutationPlan,
    ...given: Given
  ) => Promise<MutationPlan & Partial<Details>>;
}

type Model<Given extends readonly unknown[]> = (
  source: Source,
  state: DiskState,
  options: PlanOptions,
  ...given: Given
) => DiskPlan | Promise<DiskPlan>;

/** One change of a disk as a value: everything that is said about it. */
export interface Mutation<
  Given extends readonly unknown[],
  Result,
  Details = object,
> extends Planning<Given, Details> {
  /** Its arguments, by their names and in their order; the last are its options. */
  readonly rules: Rules;
  /**
   * Refuses it whatever it is given.
   *
   * @throws RefusedError
   */
  readonly guard: (source: Source) => Promise<void>;
  /** With what it takes turns on the disk. Default `processes`. */
  readonly turns?: Among;
  /** Passes the other refusals, runs the tool, and reads the result back. */
  readonly run: (source: Source, ...given: Given) => Promise<Result>;
}

/** A mutation whose descriptor can be predicted, for any release. */
export interface PredictedMutation<Given extends readonly unknown[], Result> extends Mutation<
  Given,
  Result
> {
  readonly model: Model<Given>;
}

/**
 * The guard of mutations that must not change a disk that a device writes to which the tool does not see.
 *
 * @throws RefusedError `DELTA_OUTSIDE`, `DISK_MOUNTED`, `MOUNT_UNKNOWN`
 */
export async function unwritten(source: Source): Promise<void> {
  await refuseOutside(source);
  await refuseWritten(source);
}
