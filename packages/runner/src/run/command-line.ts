import { isRecord, needed, type Rules } from '@ploop/descriptor/arguments';
import type { Releases } from '@ploop/descriptor/releases';

import { FUNCTIONS } from '../arguments/functions.ts';
import { requireCall } from '../arguments/require.ts';
import {
  optionReleases,
  subcommandReleases,
  type Command,
  type CommandContext,
  type ReleaseNeed,
} from '../command.ts';
import { commands } from '../commands/index.ts';
import { RefusedError } from '../errors/errors.ts';
import {
  availability,
  describeRelease,
  describeReleases,
  type Release,
} from '../release/release.ts';

/** Commands of callers take what they want. */
const own: ReadonlySet<unknown> = new Set(Object.values(commands));
const INPUT: Rules = { input: needed({ expected: 'an object', fits: isRecord }) };

/**
 * Refuses an input of a command of the table that is not an object; what is in it becomes arguments, and is checked there.
 *
 * @throws RefusedError `OPTION_INVALID`
 */
export function requireInput(command: unknown, input: unknown): void {
  if (own.has(command)) requireCall(INPUT, [input]);
}

/** A call of the tool. */
export interface Call {
  /** All the arguments, after the program: the verbosity, the subcommand, its own. */
  readonly argv: readonly string[];
  /** What it needs of the release. */
  readonly needs: readonly ReleaseNeed[];
}

/**
 * The call that a command makes of an input.
 *
 * @throws RefusedError where the input cannot be handed to the tool.
 */
export function callOf<Input>(
  command: Command<Input, unknown>,
  input: Input,
  verbosity: number = command.verbosity,
): Call {
  const { name } = command;
  const own = command.argv(input);
  // Nothing but options begins with a dash: paths are absolute, and texts that do are refused.
  const options = Object.entries(optionReleases(command)).filter(([option]) =>
    own.includes(option),
  );
  return {
    argv: [`-v${String(verbosity)}`, ...name.split(' '), ...own],
    needs: [
      ...(command.needs?.(input) ?? []),
      ...needOf(name, subcommandReleases(command)),
      ...options.flatMap(([option, releases]) => needOf(`${name} ${option}`, releases)),
    ],
  };
}

function needOf(what: string, releases: Releases | undefined): readonly ReleaseNeed[] {
  if (releases === undefined) return [];
  const refusal: ReleaseNeed['refusal'] = (release) =>
    new RefusedError(
      'NOT_IN_RELEASE',
      `ploop ${what} is not in release ${release}`,
      `Releases that have it: ${describeReleases(releases)}.`,
    );
  return [{ releases, refusal }];
}

/**
 * Refuses a call that a release does not make as it is meant. Of a release that is not known, what must be certain is refused.
 *
 * @throws RefusedError
 */
export function requireNeeds({ needs }: Pick<Call, 'needs'>, release: Release | undefined): void {
  for (const { releases, certain = false, refusal } of needs) {
    const available = availability(release, releases);
    if (available === 'no' || (certain && available !== 'yes'))
      throw refusal(release === undefined ? 'unknown' : describeRelease(release));
  }
}

/**
 * What an input needs of the release, so that it is only found out if that makes a difference to {@link commandLine}.
 *
 * @throws RefusedError where the input cannot be handed to the tool, or `OPTION_INVALID`.
 */
export function releaseNeeds<Input>(
  command: Command<Input, unknown>,
  input: Input,
): readonly ReleaseNeed[] {
  requireCall(FUNCTIONS.releaseNeeds, [command, input]);
  requireInput(command, input);
  return callOf(command, input).needs;
}

/**
 * All the arguments of a run, after the program: the verbosity, the subcommand, its own.
 *
 * @throws RefusedError where the input cannot be handed to the tool, `NOT_IN_RELEASE`, or `OPTION_INVALID`.
 */
export function commandLine<Input>(
  command: Command<Input, unknown>,
  input: Input,
  context: CommandContext,
  verbosity?: number,
): readonly string[] {
  requireCall(FUNCTIONS.commandLine, [command, input, context, verbosity]);
  requireInput(command, input);
  const call = callOf(command, input, verbosity);
  requireNeeds(call, context.release);
  return call.argv;
}
