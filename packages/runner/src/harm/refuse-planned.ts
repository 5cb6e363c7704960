import { planBands, type Plan, type PlanOptions } from '@ploop/descriptor/plan';

import type { GuardContext } from '../command.ts';
import type { DiskView } from '../effect/disk-view.ts';
import { refuseHarm } from './refuse-harm.ts';

/**
 * Plans a command, and refuses what the tool would carry out with a loss of data. Returns `false` if the descriptor cannot
 * be read where the tool runs, or the tool would not accept it.
 *
 * @throws RefusedError
 */
export async function refusePlanned(
  subcommand: string,
  descriptor: string,
  context: GuardContext,
  planOf: (before: DiskView, options: PlanOptions) => Plan,
): Promise<boolean> {
  const before = await context.see(descriptor);
  if (typeof before === 'string') return false;
  const plans = planBands((options) => planOf(before, options), before.directory);
  await refuseHarm(subcommand, before.descriptor, plans, context.release);
  return true;
}
