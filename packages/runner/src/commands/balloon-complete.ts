import { balloonKey, balloonTarget, type BalloonTarget } from '../argv/balloon.ts';
import { nothing, type Command } from '../command.ts';

/**
 * `ploop balloon complete`: ends a change of the balloon that was interrupted. For the block driver. Exit codes: 13 the
 * driver is at something else, 38 not mounted.
 */
export const balloonComplete: Command<BalloonTarget, void> = {
  name: 'balloon complete',
  verbosity: 0,
  mutates: true,
  disk: balloonKey,
  argv: balloonTarget,
  parse: nothing,
};
