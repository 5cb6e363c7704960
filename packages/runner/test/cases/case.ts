import type {
  CommandContext,
  CommandInput,
  CommandName,
  CommandResult,
  Refusal,
} from '../../src/index.ts';

/** What a command makes of an input. */
export interface ArgvCase<Input> {
  readonly input: Input;
  /** The arguments, joined by blanks. */
  readonly argv: string;
  readonly release?: CommandContext['release'];
}

/** An input that is refused before anything is looked at. */
interface RefusalCase<Input> {
  readonly input: Input;
  readonly reason: Refusal;
  readonly release?: CommandContext['release'];
}

/** A literal output, and what it says. */
interface ParseCase<Input, Result> {
  /** The release that printed it. */
  readonly of: string;
  readonly input: Input;
  readonly stdout: string;
  readonly stderr?: string;
  /** Absent: the output is refused. */
  readonly value?: Result;
}

/** Everything about a command that needs no run. `parses` is empty where success is all there is to know. */
export interface Cases<Name extends CommandName> {
  /** The first is the shortest input; it also serves to feed garbage to the parser. */
  readonly argv: readonly [
    ArgvCase<CommandInput<Name>>,
    ...(readonly ArgvCase<CommandInput<Name>>[]),
  ];
  readonly refused: readonly RefusalCase<CommandInput<Name>>[];
  readonly parses: readonly ParseCase<CommandInput<Name>, CommandResult<Name>>[];
}

/** Cases for some of the commands. */
export type CasesOf<Names extends CommandName> = { readonly [Name in Names]: Cases<Name> };

export const dd = '/p/DiskDescriptor.xml';
