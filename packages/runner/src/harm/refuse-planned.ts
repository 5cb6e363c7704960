import { planBands, type BandPlan } from '@ploop/descriptor/plan';
import { commonReleases, SUBCOMMANDS } from '@ploop/descriptor/releases';

import type { GuardContext } from '../command.ts';
import type { DiskView } from '../effect/disk-view.ts';
import { operationOf, type PlannedInputs, type PlannedSubcommand } from './operations.ts';
import { refuseHarm } from './refuse-harm.ts';

/**
 * Plans a command, and refuses what the tool would carry out with a loss of data. Returns `false` if the descriptor cannot
 * be read where the tool runs, or the tool would not accept it.
 *
 * @throws RefusedError
 */
export async function refusePlanned<Name extends PlannedSubcommand>(
  subcommand: Name,
  { descriptor, ...input }: PlannedInputs[Name] & { readonly descriptor: string },
  context: GuardContext,
): Promise<boolean> {
  const before = await context.see(descriptor);
  if (typeof before === 'string') return false;
  const plans = plansOfCommand(subcommand, input as unknown as PlannedInputs[Name], before);
  await refuseHarm(subcommand, plans, context.release);
  return true;
}

/** What all releases that know a subcommand make of it. */
export function plansOfCommand<Name extends PlannedSubcommand>(
  subcommand: Name,
  input: PlannedInputs[Name],
  { descriptor, graph, directory }: Pick<DiskView, 'descriptor' | 'graph' | 'directory'>,
): readonly BandPlan[] {
  const plans = planBands(descriptor, operationOf(subcommand, input, graph), directory);
  const knowing = SUBCOMMANDS[subcommand];
  return knowing === undefined
    ? plans
    : plans.filter(({ band }) => commonReleases([band], knowing).length > 0);
}
