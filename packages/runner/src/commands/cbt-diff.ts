import { option } from '../argv/options.ts';
import { imagePath } from '../argv/paths.ts';
import { nothing, type Command } from '../command.ts';
import { fileMade } from '../effect/made.ts';
import { refuseExisting } from '../guards/guards.ts';

/** Input of `ploop cbt diff`. */
export interface CbtDiffInput {
  readonly one: string;
  readonly other: string;
  /** The file to make. */
  readonly output?: string | undefined;
}

/**
 * `ploop cbt diff`: writes what differs between two images as changed-block tracking. Exit code 4: no such file.
 */
export const cbtDiff: Command<CbtDiffInput, void> = {
  name: 'cbt diff',
  verbosity: 0,
  mutates: true,
  disk: ({ one }) => one,
  argv: ({ one, other, output }) => [
    ...option('-o', output === undefined ? undefined : imagePath(output)),
    imagePath(one),
    imagePath(other),
  ],
  guard: async ({ output }, context) => {
    if (output !== undefined) await refuseExisting(output, context);
  },
  effect: ({ output }) => (output === undefined ? undefined : fileMade(output)),
  parse: nothing,
};
