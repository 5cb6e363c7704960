import { runAsync } from '@ploop/descriptor/internal';
import type { Runner } from '@ploop/runner';

import type { DiskPlanOptions, MutationPlan } from '../mutations/plan.ts';
import type { AnyMutation } from '../mutations/table.ts';
import { currentState, type Source } from '../state/source.ts';
import { planned, refusalIn, stopping } from './dry-run.ts';
import { withoutTool } from './plan-without-tool.ts';

/** The plan of a mutation: what refuses the mutation refuses the plan, in the same order. */
export async function planOf(
  source: Source,
  mutation: AnyMutation,
  given: readonly unknown[],
  { release }: DiskPlanOptions,
): Promise<MutationPlan> {
  const { model, written, details } = mutation;
  if (model !== undefined) {
    const state = await runAsync(currentState(source));
    const { directory, descriptor } = state;
    const made = await model(source, state, { release, directory }, ...given);
    if (made.outcome === 'refused') return made;
    const call = await callOf(source, mutation, given, withoutTool(source.runner, release));
    if (call.outcome === 'refused') return { ...call, descriptor };
    return { ...made, command: call.command, input: call.input };
  }
  if (written !== undefined) {
    try {
      await mutation.guard(source);
      const descriptor = await written(source, ...given);
      return { outcome: 'written', refusals: [], warnings: [], actions: [], descriptor };
    } catch (error) {
      return refusalIn(error);
    }
  }
  const call = await callOf(source, mutation, given, stopping(source.runner));
  if (call.outcome === 'refused' || details === undefined) return call;
  return details(source, call, ...given);
}

/** What a mutation calls first through a runner that stops there. */
function callOf(
  source: Source,
  { foresee, guard, run }: AnyMutation,
  given: readonly unknown[],
  runner: Runner,
): Promise<MutationPlan> {
  const dry = { ...source, runner };
  const work = async (): Promise<void> => {
    await foresee?.(source, ...given);
    await guard(dry);
    await run(dry, ...given);
  };
  return planned(work());
}
