import { bytes, type Bytes } from '@ploop/descriptor';

import { balloonKey, balloonTarget, type BalloonTarget } from '../argv/balloon.ts';
import type { Command } from '../command.ts';

/** Result of `ploop balloon discard --stat`: whole MiB, rounded down. */
export interface BalloonStatResult {
  readonly balloon: Bytes;
  /** What the file system uses. */
  readonly data: Bytes;
  /** The disk without the balloon. */
  readonly disk: Bytes;
  /** What the images take. */
  readonly image: Bytes;
}

const MIB = 1024 * 1024;

// 1.15: "Balloon size:      250MB\nData size:         180MB\nPloop size:        262MB\nImage size:         42MB\n"
const STAT =
  /^Balloon size: +(\d+)MB\nData size: +(\d+)MB\nPloop size: +(\d+)MB\nImage size: +(\d+)MB\n$/;

/**
 * `ploop balloon discard --stat`: what a discard could give back. Exit code 38, without a word: not mounted.
 */
export const balloonStat: Command<BalloonTarget, BalloonStatResult> = {
  name: 'balloon discard',
  verbosity: -1,
  mutates: false,
  disk: balloonKey,
  argv: (input) => ['--stat', ...balloonTarget(input)],
  parse: (stdout) => {
    const sizes =
      STAT.exec(stdout)
        ?.slice(1)
        .map((mib) => Number(mib) * MIB) ?? [];
    const [balloon, data, disk, image] = sizes.filter(Number.isSafeInteger).map(bytes);
    if (balloon === undefined || data === undefined || disk === undefined || image === undefined)
      return { expected: 'the sizes of balloon, data, ploop and image' };
    return { value: { balloon, data, disk, image } };
  },
};
