import type { DiskDescriptor } from '@ploop/descriptor';
import {
  planBands,
  planRewrite,
  type BandPlan,
  type Plan,
  type PlanOptions,
} from '@ploop/descriptor/plan';
import { planRefused, refuseHarm, type Runner } from '@ploop/runner';

import type { DiskState } from '../state/state.ts';

type PlanOf = (descriptor: DiskDescriptor, options: PlanOptions) => Plan;

/** The plans of a mutation for all releases. */
export function plansFor(
  { descriptor, directory }: DiskState,
  planOf: PlanOf,
): readonly BandPlan[] {
  return planBands((options) => planOf(descriptor, options), directory);
}

/**
 * Refuses what no release would carry out. What only some refuse is left to the tool, whose release need not be known.
 *
 * @throws RefusedError
 */
export function refuseHopeless(operation: string, plans: readonly BandPlan[]): void {
  const [first] = plans;
  const refusal = first?.plan.refusals[0];
  if (refusal !== undefined && plans.every(({ plan }) => plan.refusals.length > 0))
    throw planRefused(operation, refusal);
}

/**
 * Refuses what the tool would carry out all the same, losing data or crashing.
 *
 * @throws RefusedError
 */
export async function refuseHarmful(
  runner: Runner,
  { descriptor }: DiskState,
  operation: string,
  plans: readonly BandPlan[],
): Promise<void> {
  await refuseHarm(operation, descriptor, plans, () => runner.release());
}

/**
 * {@link refuseHarmful} for what has no plan of its own and writes the descriptor anew.
 *
 * @throws RefusedError
 */
export async function refuseMiswritten(
  runner: Runner,
  state: DiskState,
  operation: string,
): Promise<void> {
  const plans = plansFor(state, planRewrite);
  await refuseHarmful(runner, state, operation, plans);
}
