import { balloonKey, balloonTarget, type BalloonTarget } from '../argv/balloon.ts';
import { nothing, type Command } from '../command.ts';

/**
 * `ploop balloon clear`: ends a maintenance of the driver that was left behind. For the block driver. Exit code 38: not
 * mounted.
 */
export const balloonClear: Command<BalloonTarget, void> = {
  name: 'balloon clear',
  verbosity: 0,
  mutates: true,
  disk: balloonKey,
  argv: balloonTarget,
  parse: nothing,
};
