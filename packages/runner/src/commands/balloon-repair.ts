import { balloonArguments, balloonKey, type BalloonInput } from '../argv/balloon.ts';
import { nothing, type Command } from '../command.ts';

/**
 * `ploop balloon repair`: gives back what `balloon check` finds. For the block driver. Exit codes: 17 in use, 38 not
 * mounted.
 */
export const balloonRepair: Command<BalloonInput, void> = {
  name: 'balloon repair',
  verbosity: 0,
  mutates: true,
  disk: balloonKey,
  argv: balloonArguments,
  parse: nothing,
};
