import type { Bytes } from '@ploop/descriptor';

import { balloonKey, balloonTarget, type BalloonTarget } from '../argv/balloon.ts';
import { sizeOrZero } from '../argv/numbers.ts';
import { nothing, type Command } from '../command.ts';

/** Input of `ploop balloon change`. */
export type BalloonChangeInput = BalloonTarget & {
  /** The new size of the balloon; 0 gives all its space back. */
  readonly size: Bytes;
};

/**
 * `ploop balloon change`: makes the hidden file larger or smaller that takes space from the file system of a mounted
 * disk, and gives it back to the file system below. Exit codes: 17 in use, 20 no space, 38 not mounted.
 */
export const balloonChange: Command<BalloonChangeInput, void> = {
  name: 'balloon change',
  verbosity: 0,
  mutates: true,
  disk: balloonKey,
  argv: (input) => ['-s', sizeOrZero(input.size), ...balloonTarget(input)],
  parse: nothing,
};
