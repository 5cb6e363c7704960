import type { Writable } from 'node:stream';

import type { Command, CommandUnknownOpts } from '@commander-js/extra-typings';

import type { ExitCode } from './exit-code.ts';

/** What a run of the program prints, and how it ends. */
export interface Report {
  readonly stdout: string;
  readonly stderr: string;
  readonly exitCode: ExitCode;
  /** Present if stdout only sums up what was done: what was asked for is done without it. */
  readonly isSummary?: true;
}

/** Where the program is: its streams, and what stops it. */
export interface Surroundings {
  readonly stdout: Writable;
  readonly stderr: Writable;
  /** Asked for once, by what can be stopped. */
  readonly stopSignal?: () => AbortSignal;
  /** The arguments of the process as bytes, where the system reports them. */
  readonly commandLine?: () => Uint8Array | undefined;
}

/** A command line for the help, without the name of the program, and what it is for. */
export type Example = readonly [line: string, does: string];

/** Takes the work of a subcommand and gives its report to the program. */
type Run = (work: () => Report | Promise<Report>) => Promise<void>;

/** A row of the table in `commands`: what the help of the program says of a subcommand, and its file there. */
export interface CommandRow {
  readonly name: string;
  /** A verb and its object, in lower case, without a full stop. */
  readonly summary: string;
  readonly load: () => Promise<InspectCommand>;
}

/** One subcommand: a file in `commands`. */
export interface InspectCommand {
  readonly examples: readonly Example[];
  /** Related subcommands. */
  readonly seeAlso: readonly string[];
  /** Adds arguments, options and the action, which hands its work to `run`. */
  readonly define: (command: Command, run: Run, surroundings: Surroundings) => CommandUnknownOpts;
}
