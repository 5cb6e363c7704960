import { devicePath } from '../argv.ts';
import { nothing, type Command } from '../command.ts';

/** Input of `ploop clear`. */
export interface ClearInput {
  readonly device: string;
}

/** `ploop clear`: takes all deltas off a stopped device. For the block driver: releases 1, 7 and some of 8. Exit codes: 2 no such device, 3 it runs. */
export const clear: Command<ClearInput, void> = {
  name: 'clear',
  verbosity: 0,
  mutates: true,
  releases: [{ since: '1', before: '9' }],
  disk: ({ device }) => device,
  argv: ({ device }) => ['-d', devicePath(device)],
  parse: nothing,
};
