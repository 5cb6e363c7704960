import { bytes, type Bytes } from '@ploop/descriptor';

import { balloonArguments, balloonKey, onlyMatch, type BalloonInput } from '../argv/balloon.ts';
import type { Command } from '../command.ts';

/** Result of `ploop balloon show`. */
export interface BalloonShowResult {
  readonly size: Bytes;
}

// 1.15: "Current size of hidden balloon is 262144000 bytes"
const SIZE = /^Current size of hidden balloon is (\d+) bytes$/;

/**
 * `ploop balloon show`: the size of the balloon of a mounted disk. Exit codes: 17 in use, 38 not mounted.
 */
export const balloonShow: Command<BalloonInput, BalloonShowResult> = {
  name: 'balloon show',
  verbosity: -1,
  mutates: false,
  disk: balloonKey,
  argv: balloonArguments,
  parse: (stdout) => {
    const size = Number(onlyMatch(stdout, SIZE)?.[1]);
    return Number.isSafeInteger(size)
      ? { value: { size: bytes(size) } }
      : { expected: 'the size of the balloon' };
  },
};
