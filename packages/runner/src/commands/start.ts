import { devicePath } from '../argv.ts';
import { nothing, type Command } from '../command.ts';

/** Input of `ploop start`. */
export interface StartInput {
  readonly device: string;
}

/** `ploop start`: starts a device that has its deltas. For the block driver: releases 1, 7 and some of 8. Exit codes: 2 no such device, 3 it runs already, or has no delta. */
export const start: Command<StartInput, void> = {
  name: 'start',
  verbosity: 0,
  mutates: true,
  releases: [{ since: '1', before: '9' }],
  disk: ({ device }) => device,
  argv: ({ device }) => ['-d', devicePath(device)],
  parse: nothing,
};
