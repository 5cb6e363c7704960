import { commandLine, type Command, type CommandContext, type GuardContext } from '../command.ts';
import { RefusedError } from '../errors/errors.ts';
import { toolLevel } from '../log/log.ts';
import { withRelease } from '../tool/context.ts';
import { describeRelease, isTooOld, type Release } from '../tool/release.ts';
import type { RunLimits, Workshop } from './workshop.ts';

/** Builds the arguments and runs the guard. What has to be found out for that can be cancelled as the run. */
export async function prepare<Input>(
  workshop: Workshop,
  command: Command<Input, unknown>,
  input: Input,
  limits: RunLimits = {},
): Promise<readonly string[]> {
  const { tool, sinks } = workshop;
  refuseTooOld(tool.known()?.release);
  const level = command.verbosity === -1 ? -1 : Math.max(command.verbosity, toolLevel(sinks));
  const argv = await withRelease(tool, (context) => commandLine(command, input, context, level));
  await withRelease(tool, (context) =>
    command.guard?.(input, guardContext(workshop, context, limits)),
  );
  return argv;
}

/** What a command finds out with. */
export function guardContext(
  { look, see, run, exec, env }: Workshop,
  context: CommandContext,
  limits: RunLimits,
): GuardContext {
  return {
    get release() {
      return context.release;
    },
    look,
    see,
    ask: async (file, ...words) => {
      const { exitCode, stdout } = await exec({ file, argv: words, env, ...limits });
      return exitCode === 0 ? stdout.text : undefined;
    },
    run: (asked, given) => run(asked, given, limits),
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
