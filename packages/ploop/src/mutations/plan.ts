import type { DiskDescriptor, Diagnostic } from '@ploop/descriptor';
import {
  planOperation,
  type Plan,
  type PlanOptions,
  type PlannedAction,
  type PlanOutcome,
  type PlanRefusal,
  type PlanWarning,
} from '@ploop/descriptor/plan';
import {
  operationOf,
  type CommandName,
  type PlannedInputs,
  type PlannedSubcommand,
  type Refusal,
} from '@ploop/runner';

import type { DiskState } from '../state/state.ts';

/** For which release of the tool a plan is made. */
export type DiskPlanOptions = Pick<PlanOptions, 'release'>;

/**
 * Why a mutation would be refused: by the tool, to keep from losing data, or for want of an option; or, with a reason of a
 * RefusedError, because of the machine or the images.
 */
export type DiskPlanRefusal =
  | PlanRefusal
  | {
      readonly code: 'TOP_NOT_DISCARDED' | Refusal;
      readonly hint: string;
      readonly exitCodes: Readonly<Record<string, never>>;
      /** The findings about the disk that speak against it. Empty if the refusal has another reason. */
      readonly diagnostics: readonly Diagnostic[];
    };

/** What a mutation would do. Nothing is changed for it. */
export interface MutationPlan {
  /**
   * `refused`: nothing is done, `refusals` says why. `called`: the tool would be called; it can still fail. `written`: the
   * descriptor would be written without the tool. Otherwise what becomes of the snapshots.
   */
  readonly outcome: PlanOutcome | 'called' | 'written';
  /** Empty unless `outcome` is `refused`. */
  readonly refusals: readonly DiskPlanRefusal[];
  /** What is easily overlooked. */
  readonly warnings: readonly PlanWarning[];
  /** What is done to files, in the order of the tool, as far as it can be predicted. */
  readonly actions: readonly PlannedAction[];
  /** The descriptor afterwards, if it can be predicted. */
  readonly descriptor?: DiskDescriptor;
  /** The method of the runner that would be called, first if there are several calls. */
  readonly command?: CommandName | undefined;
  /** What that method would be given. */
  readonly input?: unknown;
}

/** The plan of a mutation whose descriptor can be predicted. */
export type DiskPlan = MutationPlan & Pick<Plan, 'descriptor'>;

/** Why a mutation would be refused for a reason of a RefusedError. */
export type RefusedReason = Pick<
  Exclude<DiskPlanRefusal, PlanRefusal>,
  'code' | 'hint' | 'diagnostics'
>;

/** The plan of a mutation that is refused. */
export function refusedPlan(
  reason: RefusedReason,
  others: readonly DiskPlanRefusal[] = [],
): MutationPlan & { readonly outcome: 'refused' } {
  const refusals = [{ ...reason, exitCodes: {} }, ...others];
  return { outcome: 'refused', refusals, warnings: [], actions: [] };
}

/** What a command would do to a disk with one release: the same plan that its guard looks at. */
export function planCommand<Name extends PlannedSubcommand>(
  subcommand: Name,
  input: PlannedInputs[Name],
  { descriptor, graph }: Pick<DiskState, 'descriptor' | 'graph'>,
  options: PlanOptions,
): Plan {
  return planOperation(descriptor, operationOf(subcommand, input, graph), options);
}
