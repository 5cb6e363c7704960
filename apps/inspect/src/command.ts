import type { LoadedDescriptor } from '@ploop/descriptor/node';

/** How the program ends. */
export const ExitCode = {
  /** What was asked for is shown. */
  shown: 0,
  /** It is shown, but the tool would refuse the disk, or an error was found. */
  damaged: 1,
  /** It cannot be read, or the call was wrong. */
  unreadable: 2,
} as const;

/** One subcommand: what it shows of a descriptor, to people and to programs. */
export interface InspectCommand {
  readonly name: string;
  readonly summary: string;
  /** Lines for people, where there is a model. */
  readonly render: (loaded: Readable) => readonly string[];
  /** The value that `--json` prints; its shape is documented in the README and only ever grows. */
  readonly toJson: (loaded: Readable) => object;
}

/** A descriptor from which a model could be read. */
export type Readable = LoadedDescriptor & Required<Pick<LoadedDescriptor, 'descriptor'>>;
