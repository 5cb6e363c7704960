import type { Command, GuardContext } from '../command.ts';
import type { See } from '../effect/disk-view.ts';
import { RefusedError } from '../errors/errors.ts';
import { toolLevel } from '../log/log.ts';
import { describeRelease, isTooOld, type Release } from '../release/release.ts';
import { callOf, requireNeeds, type Call } from './command-line.ts';
import type { RunLimits, Workshop } from './workshop.ts';

/** The call of a run, which says as much as is logged. */
export function callFor<Input>(
  { sinks }: Pick<Workshop, 'sinks'>,
  command: Command<Input, unknown>,
  input: Input,
): Call {
  const { verbosity } = command;
  return callOf(command, input, verbosity === -1 ? -1 : Math.max(verbosity, toolLevel(sinks)));
}

/** Refuses a call that the release does not make. The release is only found out if the call needs something of it. */
export async function requireRelease(
  { tool }: Pick<Workshop, 'tool'>,
  call: Pick<Call, 'needs'>,
): Promise<void> {
  if (call.needs.length > 0) requireNeeds(call, await tool.release());
}

/** Refuses what speaks against a call right before it. What has to be found out for that can be cancelled as the run. */
export async function prepare<Input>(
  workshop: Workshop,
  command: Command<Input, unknown>,
  input: Input,
  call: Pick<Call, 'needs'>,
  limits: RunLimits = {},
): Promise<void> {
  refuseTooOld(workshop.tool.known()?.release);
  await requireRelease(workshop, call);
  await command.guard?.(input, guardContext(workshop, limits));
}

/** What a command finds out with. */
export function guardContext(
  { tool, look, see, run, exec, env }: Workshop,
  limits: RunLimits,
): GuardContext {
  return {
    release: tool.release,
    look,
    see: seeOnce(see),
    ask: async (file, ...words) => {
      const { exitCode, stdout } = await exec({ file, argv: words, env, ...limits });
      return exitCode === 0 ? stdout.text : undefined;
    },
    run: (asked, given) => run(asked, given, limits),
  };
}

/** All guards of a run judge the same state of a descriptor. */
function seeOnce(see: See): See {
  const seen = new Map<string, ReturnType<See>>();
  return (descriptor) => {
    const known = seen.get(descriptor);
    if (known !== undefined) return known;
    const sight = see(descriptor);
    seen.set(descriptor, sight);
    return sight;
  };
}

/** Refuses a tool that is too old to be driven. */
export function refuseTooOld(release: Release | undefined): void {
  if (release !== undefined && isTooOld(release))
    throw new RefusedError(
      'NOT_IN_RELEASE',
      `ploop of release ${describeRelease(release)} cannot be driven: it has no -v before the subcommand`,
      'Install release 1.11 or later. Reading disks needs no tool.',
    );
}
