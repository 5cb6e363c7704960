import { isRecord, needed, type Rules } from '@ploop/descriptor/arguments';

import { requireCall } from '../arguments/require.ts';
import { commandLine as lineOf, type Command, type CommandContext } from '../command.ts';
import { commands } from '../commands/index.ts';

/** Commands of callers take what they want. */
const own: ReadonlySet<unknown> = new Set(Object.values(commands));
const INPUT: Rules = { input: needed({ expected: 'an object', fits: isRecord }) };

/**
 * Refuses an input of a command of the table that is no object; what is in it becomes arguments, and is checked there.
 *
 * @throws RefusedError `OPTION_INVALID`
 */
export function requireInput(command: unknown, input: unknown): void {
  if (own.has(command)) requireCall(INPUT, [input]);
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
  requireInput(command, input);
  return lineOf(command, input, context, verbosity);
}
