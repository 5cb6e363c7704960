import { planBands, type BandPlan, type PlannedOperation } from '@ploop/descriptor/plan';
import { availability, planRefused, plansOfCommand, refuseHarm, type Runner } from '@ploop/runner';

import type { DiskState } from '../state/state.ts';

/** What all releases make of an operation that is more than one command. */
export function plansFor(
  { descriptor, directory }: DiskState,
  operation: PlannedOperation,
): readonly BandPlan[] {
  return planBands(descriptor, operation, directory);
}

/**
 * Refuses what no release would carry out. What only some refuse is left to the tool, whose release need not be known.
 *
 * @throws RefusedError
 */
export function refuseHopeless(operation: string, plans: readonly BandPlan[]): void {
  const refusal = plans[0]?.plan.refusals[0];
  if (refusal !== undefined && plans.every(isRefused)) throw planRefused(operation, refusal);
}

/**
 * Refuses several steps before the first of them if the tool would not carry out all. Its release is only found out if that
 * makes a difference; if it is not known, what only some refuse is left to the tool.
 *
 * @throws RefusedError
 */
export async function refuseUnfinishable(
  runner: Runner,
  operation: string,
  plans: readonly BandPlan[],
): Promise<void> {
  if (!plans.some(isRefused)) return;
  const release = plans.every(isRefused) ? undefined : await runner.release();
  refuseHopeless(
    operation,
    plans.filter(({ band }) => release === undefined || availability(release, [band]) !== 'no'),
  );
}

function isRefused({ plan }: BandPlan): boolean {
  return plan.refusals.length > 0;
}

/**
 * Refuses what the tool would carry out anyway, losing data or crashing.
 *
 * @throws RefusedError
 */
export async function refuseHarmful(
  runner: Runner,
  operation: string,
  plans: readonly BandPlan[],
): Promise<void> {
  await refuseHarm(operation, plans, () => runner.release());
}

/**
 * {@link refuseHarmful} for what has no plan of its own and writes the descriptor anew.
 *
 * @throws RefusedError
 */
export async function refuseMiswritten(
  runner: Runner,
  state: DiskState,
  subcommand: 'convert' | 'encrypt' | 'grow' | 'resize',
): Promise<void> {
  await refuseHarmful(runner, subcommand, plansOfCommand(subcommand, {}, state));
}
