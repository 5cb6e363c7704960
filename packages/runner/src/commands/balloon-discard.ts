import type { Bytes } from '@ploop/descriptor';

import { balloonKey, balloonTarget, type BalloonTarget } from '../argv/balloon.ts';
import { optionalChoice } from '../argv/choices.ts';
import { size, wholeNumber } from '../argv/numbers.ts';
import { flag, option } from '../argv/options.ts';
import { nothing, type Command } from '../command.ts';

/** Input of `ploop balloon discard`. */
export type BalloonDiscardInput = BalloonTarget & {
  /** Mounts a disk that is not mounted for the while; only by descriptor. */
  readonly automount?: boolean | undefined;
  /** Stops when so much is free. Release 9 respects neither this nor `smallest`. */
  readonly toFree?: Bytes | undefined;
  /** Leaves smaller free extents alone. */
  readonly smallest?: Bytes | undefined;
  /** Defragments the file system before, or does nothing else. Only by descriptor. */
  readonly defragment?: 'too' | 'only' | undefined;
  /** How fragmented an image must be to be worth it, in percent. */
  readonly threshold?: number | undefined;
};

/**
 * `ploop balloon discard`: gives free space of a disk back to the file system below. Can be cancelled. Exit codes: 1 the
 * options do not go together, 3 the driver refuses, 17 in use, 38 not mounted.
 */
export const balloonDiscard: Command<BalloonDiscardInput, void> = {
  name: 'balloon discard',
  verbosity: 0,
  mutates: true,
  disk: balloonKey,
  turns: 'calls',
  argv: (input) => {
    const { automount, toFree, smallest, defragment, threshold } = input;
    return [
      ...flag('--automount', automount),
      ...option('--to-free', toFree === undefined ? undefined : size(toFree)),
      ...option('--min-block', smallest === undefined ? undefined : size(smallest)),
      ...flag('--defrag', optionalChoice(defragment, ['too', 'only']) === 'too'),
      ...flag('--defrag-only', defragment === 'only'),
      ...option(
        '--image-defrag-threshold',
        threshold === undefined ? undefined : wholeNumber(threshold, 0, 100),
      ),
      ...balloonTarget(input),
    ];
  },
  parse: nothing,
};
