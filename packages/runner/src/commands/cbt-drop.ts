import { descriptorPath } from '../argv/paths.ts';
import { nothing, type Command } from '../command.ts';
import { outOfSight } from '../effect/effect.ts';

/** Input of `ploop cbt drop`. */
export interface CbtDropInput {
  readonly descriptor: string;
}

/**
 * `ploop cbt drop`: removes the changed-block tracking of a disk. The next incremental backup must be a full one. Exit
 * code 44: it does not exist.
 */
export const cbtDrop: Command<CbtDropInput, void> = {
  name: 'cbt drop',
  verbosity: 0,
  mutates: true,
  disk: ({ descriptor }) => descriptor,
  argv: ({ descriptor }) => [descriptorPath(descriptor)],
  effect: outOfSight,
  parse: nothing,
};
