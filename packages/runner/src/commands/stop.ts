import { devicePath } from '../argv.ts';
import { nothing, type Command } from '../command.ts';

/** Input of `ploop stop`. */
export interface StopInput {
  readonly device: string;
}

/** `ploop stop`: stops a running device; its deltas stay on it. For the block driver: releases 1, 7 and some of 8. Exit codes: 2 no such device, 3 it does not run, or is in use. */
export const stop: Command<StopInput, void> = {
  name: 'stop',
  verbosity: 0,
  mutates: true,
  releases: [{ since: '1', before: '9' }],
  disk: ({ device }) => device,
  argv: ({ device }) => ['-d', devicePath(device)],
  parse: nothing,
};
