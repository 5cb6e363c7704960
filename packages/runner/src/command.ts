import type { Readable, Writable } from 'node:stream';

import { OPTIONS, SUBCOMMANDS, type Releases } from '@ploop/descriptor/releases';

import { FUNCTIONS } from './arguments/functions.ts';
import { requireCall } from './arguments/require.ts';
import type { See } from './effect/disk-view.ts';
import type { Effect } from './effect/effect.ts';
import { RefusedError } from './errors/errors.ts';
import type { Among } from './lock/exclusive.ts';
import type { Look } from './tool/files.ts';
import { availability, describeRelease, describeReleases, type Release } from './tool/release.ts';

/** What a command makes of the tool's output: a value, or what it had expected instead. */
export type Parsed<Result> = { readonly value: Result } | { readonly expected: string };

/** What is known of the tool that a command is for. */
export interface CommandContext {
  /** Absent where nothing is known of it: then nothing is refused on its account. */
  readonly release?: Release | undefined;
}

/** What a command can find out before it is run. */
export interface GuardContext extends CommandContext {
  /** Looks at files where the tool runs. */
  readonly look: Look;
  /** Reads a descriptor where the tool runs. */
  readonly see: See;
  /** What a program that only reads prints where the tool runs; `undefined` where it fails. */
  readonly ask: (
    program: 'cat' | 'ls' | 'od' | 'readlink' | 'stat',
    ...argv: readonly string[]
  ) => Promise<string | undefined>;
  /** Runs another command, one that changes nothing. */
  readonly run: <Input, Result>(command: Command<Input, Result>, input: Input) => Promise<Result>;
}

/** What a successful run said beside its stdout. */
export interface ParseContext extends CommandContext {
  readonly stderr: string;
}

/** Where a run reads from and writes to instead of from nothing and into its result. */
export interface Streams {
  readonly stdin?: Readable | undefined;
  readonly stdout?: Writable | undefined;
}

/** One subcommand of the tool as a value: how to call it and how to read its answer. Running is {@link Runner.run}. */
export interface Command<Input, Result> {
  /** The subcommand; two words for those of the tool's helper programs, as `balloon show`. */
  readonly name: string;
  /**
   * The tool's `-vN`: -1 keeps log lines out of stdout where that is read as data, higher where a log line says
   * something that the exit code does not. The helper programs do not heed it.
   */
  readonly verbosity: -1 | 0 | 1;
  /** Whether it may change a disk, a device or a mount; what only takes a lock changes nothing. */
  readonly mutates: boolean;
  /** The releases that it is for. Default: those that know the subcommand. */
  readonly releases?: Releases | undefined;
  /** The releases that an option is for. Default: those that know it. */
  readonly options?: Readonly<Record<string, Releases>> | undefined;
  /** What runs on the same disk have in common: the path of its descriptor, of an image, or of its device. */
  readonly disk?: (input: Input) => string | undefined;
  /** With what it takes turns on that disk. Default `processes`. */
  readonly turns?: Among;
  /**
   * The arguments after the subcommand, options first.
   *
   * @throws RefusedError where the input cannot be handed to the tool.
   */
  readonly argv: (input: Input, context?: CommandContext) => readonly string[];
  /** Checks right before the start what the tool would handle destructively; throws RefusedError. */
  readonly guard?: (input: Input, context: GuardContext) => Promise<void>;
  /** What the files show of a run that did its work. Absent: they show nothing, and the exit code is all there is. */
  readonly effect?: (input: Input) => Effect | undefined;
  /** Reads an exit code other than 0 that is an answer; `undefined` if it is a failure. */
  readonly onExit?: (
    exitCode: number,
    input: Input,
    context: GuardContext,
  ) => Promise<Parsed<Result> | undefined>;
  /** For commands that carry data on stdin or stdout. */
  readonly streams?: (input: Input) => Streams;
  /** Reads what the tool printed on stdout when it succeeded. */
  readonly parse: (stdout: string, input: Input, context?: ParseContext) => Parsed<Result>;
}

/** For commands whose success is all there is to know. */
export function nothing(): Parsed<void> {
  return { value: undefined };
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
  const argv = command.argv(input, context);
  refuseMissing(command, argv, context);
  return [`-v${String(verbosity ?? command.verbosity)}`, ...command.name.split(' '), ...argv];
}

/** Nothing but options begins with a dash: paths are absolute, and texts that do are refused. */
function refuseMissing(
  command: Pick<Command<never, unknown>, 'name' | 'releases' | 'options'>,
  argv: readonly string[],
  context: CommandContext,
): void {
  // Reading `release` may probe the tool: it is read only if it matters.
  const refuse = (what: string, having: Releases | undefined): void => {
    const release = having && context.release;
    if (!having || !release || availability(release, having) !== 'no') return;
    throw new RefusedError(
      'NOT_IN_RELEASE',
      `ploop ${what} is not in release ${describeRelease(release)}`,
      `Releases that have it: ${describeReleases(having)}.`,
    );
  };
  const { name } = command;
  const options = optionReleases(command);
  refuse(name, subcommandReleases(command));
  for (const argument of argv)
    if (Object.hasOwn(options, argument)) refuse(`${name} ${argument}`, options[argument]);
}

/** The releases that a command is for; `undefined`: all from 1.11 on. */
export function subcommandReleases({
  name,
  releases,
}: Pick<Command<never, unknown>, 'name' | 'releases'>): Releases | undefined {
  return releases ?? (Object.hasOwn(SUBCOMMANDS, name) ? SUBCOMMANDS[name] : undefined);
}

/** The releases that options of a command are for, if not all from 1.11 on. */
export function optionReleases({
  name,
  options,
}: Pick<Command<never, unknown>, 'name' | 'options'>): Readonly<Record<string, Releases>> {
  return { ...(Object.hasOwn(OPTIONS, name) ? OPTIONS[name] : undefined), ...options };
}
