import type { Readable, Writable } from 'node:stream';

import { OPTIONS, SUBCOMMANDS, type Releases } from '@ploop/descriptor/releases';

import type { See } from './effect/disk-view.ts';
import type { Effect } from './effect/effect.ts';
import type { RefusedError } from './errors/errors.ts';
import type { Among } from './lock/exclusive.ts';
import type { Release } from './release/release.ts';
import type { Look } from './tool/files.ts';

/** What a command makes of the tool's output: a value, or what it had expected instead. */
export type Parsed<Result> = { readonly value: Result } | { readonly expected: string };

/** What is known of the tool that a command is for. */
export interface CommandContext {
  /** Absent where nothing is known of it: then nothing is refused on its account. */
  readonly release?: Release | undefined;
}

/** What an input needs of the release, besides its subcommand and its options. */
export interface ReleaseNeed {
  /** The releases that can do it. */
  readonly releases: Releases;
  /** Whether the release must be known to be one of them. Default: those that may be are called as well. */
  readonly certain?: boolean | undefined;
  /** Why another release is not called; it is given for people. */
  readonly refusal: (release: string) => RefusedError;
}

/** What a command can find out before it is run. */
export interface GuardContext {
  /** The release of the tool, if it is known; the tool is asked for it. */
  readonly release: () => Promise<Release | undefined>;
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
export interface ParseContext {
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
   * something that the exit code does not. The helper programs do not respect it.
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
  readonly argv: (input: Input) => readonly string[];
  /** What an input with arguments needs of the release. Only if it needs something is the release found out. */
  readonly needs?: (input: Input) => readonly ReleaseNeed[];
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
