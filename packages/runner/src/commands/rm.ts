import { wholeNumber } from '../argv/numbers.ts';
import { devicePath } from '../argv/paths.ts';
import { nothing, type Command } from '../command.ts';

/** Input of `ploop rm`. */
export interface RmInput {
  readonly device: string;
  /** The distance from the base, 0 to 127. */
  readonly level: number;
}

/**
 * `ploop rm`, in some releases `delete` too: takes one delta off a stopped device; the file stays. For the block driver:
 * releases 1, 7 and some of 8. Exit codes: 2 no such device, 3 it runs, or has no such delta.
 */
export const rm: Command<RmInput, void> = {
  name: 'rm',
  verbosity: 0,
  mutates: true,
  releases: [{ since: '1', before: '9' }],
  disk: ({ device }) => device,
  argv: ({ device, level }) => ['-d', devicePath(device), '-l', wholeNumber(level, 0, 127)],
  parse: nothing,
};
