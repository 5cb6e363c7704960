import { createRunner, type Runner } from '@ploop/runner';

import { requireArguments } from '../arguments/require.ts';
import type { MutationPlan } from '../mutations/plan.ts';
import { planned, stopping } from './dry-run.ts';

/** With what a call is planned. */
export interface PlanCallOptions {
  /** What runs the tool. Default: the tool on this machine. */
  readonly runner?: Runner | undefined;
}

/**
 * What work through a runner would come to, without doing it: `planCall((runner) => umountDevice('/dev/ploop0', { runner
 * }))`. For what belongs to no disk yet, or to any: `createDisk`, `restoreDescriptor`, `receiveCopy`, `umountDevice`,
 * `umountPath`, and the methods of a runner. A disk has plans of its own.
 *
 * The work is carried out up to its first call that would change something; the tool may be asked by calls that change
 * nothing.
 *
 * @throws RefusedError `OPTION_INVALID` for an argument or an option of the wrong type.
 * @throws TypeError where the work changes nothing, or does so without a command of the runner: with `locked`, `loadModules`, or
 * a command of the caller's own.
 */
export async function planCall(
  work: (runner: Runner) => Promise<unknown>,
  options: PlanCallOptions = {},
): Promise<MutationPlan> {
  requireArguments('planCall', [work, options]);
  const { runner = createRunner() } = options;
  return planned(work(stopping(runner)));
}
