import { descriptorPath, imagePath } from '../argv/paths.ts';
import { nothing, type Command } from '../command.ts';
import { fileMade } from '../effect/made.ts';
import { refuseExisting } from '../guards/guards.ts';

/** Input of `ploop cbt dump`. */
export type CbtDumpInput =
  | {
      readonly descriptor: string;
      /** The file to make. */
      readonly target: string;
    }
  | { readonly source: string; readonly target: string };

/**
 * `ploop cbt dump`: copies the changed-block tracking of a disk into a file, or of one image into another. Exit code 44:
 * it does not exist.
 */
export const cbtDump: Command<CbtDumpInput, void> = {
  name: 'cbt dump',
  verbosity: 0,
  mutates: true,
  disk: (input) => ('descriptor' in input ? input.descriptor : input.target),
  argv: (input) =>
    'descriptor' in input
      ? ['--dst', imagePath(input.target), descriptorPath(input.descriptor)]
      : ['--src', imagePath(input.source), '--dst', imagePath(input.target)],
  guard: async (input, context) => {
    if ('descriptor' in input) await refuseExisting(input.target, context);
  },
  effect: (input) => fileMade(input.target),
  parse: nothing,
};
