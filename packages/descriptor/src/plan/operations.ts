import type { DiskDescriptor } from '../model.ts';
import { planDelete, type PlanDeleteInput } from './plan-delete.ts';
import { planMerge, type PlanMergeInput } from './plan-merge.ts';
import { planReplace, type PlanReplaceInput } from './plan-replace.ts';
import { planRewrite } from './plan-rewrite.ts';
import { planSnapshot, type PlanSnapshotInput } from './plan-snapshot.ts';
import { planSwitch, type PlanSwitchInput } from './plan-switch.ts';
import type { NewDeltaOptions, Plan } from './plan.ts';

/** What each operation is given. */
interface Inputs {
  readonly delete: PlanDeleteInput;
  readonly merge: PlanMergeInput;
  readonly replace: PlanReplaceInput;
  /** Only the descriptor is written anew. */
  readonly rewrite: Readonly<Record<string, never>>;
  readonly snapshot: PlanSnapshotInput;
  readonly switch: PlanSwitchInput;
}

type Name = keyof Inputs;

/** An operation on a disk, with what it is given. */
export type PlannedOperation<Which extends Name = Name> = {
  readonly [One in Which]: { readonly operation: One; readonly input: Inputs[One] };
}[Which];

type Planner<Input> = (descriptor: DiskDescriptor, input: Input, options: NewDeltaOptions) => Plan;

/** What plans each operation: guards, refusals and predictions all take the plan from here. */
const PLANNERS: { readonly [One in Name]: Planner<Inputs[One]> } = {
  delete: planDelete,
  merge: planMerge,
  replace: planReplace,
  rewrite: (descriptor, _input, options) => planRewrite(descriptor, options),
  snapshot: planSnapshot,
  switch: planSwitch,
};

/** What an operation would do with one release. */
export function planOperation<Which extends Name>(
  descriptor: DiskDescriptor,
  { operation, input }: PlannedOperation<Which>,
  options: NewDeltaOptions = {},
): Plan {
  const planner: Planner<Inputs[Which]> = PLANNERS[operation];
  return planner(descriptor, input, options);
}
