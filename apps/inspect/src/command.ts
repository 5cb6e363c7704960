import type { AcceptedResult } from '@ploop/descriptor';
import type { DescriptorFile } from '@ploop/descriptor/node';

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
  /** What it shows to people, where there is a model: by name of the format, which `--format` chooses. */
  readonly formats: Formats;
  /** The value that `--json` prints; its shape is documented in the README and only ever grows. */
  readonly toJson: (loaded: Readable) => object;
}

/** The lines of an output, by name of its format; `text` is the default. */
type Formats = Readonly<Record<string, Render>> & { readonly text: Render };

type Render = (loaded: Readable) => readonly string[];

/** A descriptor from which a model could be read. */
export type Readable = DescriptorFile &
  Pick<AcceptedResult, 'descriptor' | 'graph' | 'diagnostics'> & { readonly accepted: boolean };
