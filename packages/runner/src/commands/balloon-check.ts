import { balloonArguments, balloonKey, onlyMatch, type BalloonInput } from '../argv/balloon.ts';
import type { Command } from '../command.ts';

/** Result of `ploop balloon check`. */
export interface BalloonCheckResult {
  readonly freeClusters: number;
}

// 1.15: "Nothing to do: hidden balloon is empty", "No free blocks found" or
// "Found 12 free blocks. Consider using "ploop-balloon repair""
const FOUND =
  /^(?:Nothing to do: hidden balloon is empty|No free blocks found|Found (\d+) free blocks\..*)$/;

/**
 * `ploop balloon check`: how many clusters the balloon still holds that the image could give back. For the block driver.
 * Exit codes: 17 in use, 38 not mounted.
 */
export const balloonCheck: Command<BalloonInput, BalloonCheckResult> = {
  name: 'balloon check',
  verbosity: 0,
  mutates: true,
  disk: balloonKey,
  argv: balloonArguments,
  parse: (stdout) => {
    const found = onlyMatch(stdout, FOUND);
    if (found === undefined) return { expected: 'how many free blocks there are' };
    return { value: { freeClusters: Number(found[1] ?? 0) } };
  },
};
