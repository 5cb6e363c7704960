import { devicePath } from '../../argv/paths.ts';
import { nothing, type Command } from '../../command.ts';

/** What the commands are given that change the state of a device and nothing else. */
export interface DeviceInput {
  readonly device: string;
}

/** A command that changes the state of a device, for the block driver: releases 1, 7 and some of 8. */
export function changeOfDevice(name: string): Command<DeviceInput, void> {
  return {
    name,
    verbosity: 0,
    mutates: true,
    releases: [{ since: '1', before: '9' }],
    disk: ({ device }) => device,
    argv: ({ device }) => ['-d', devicePath(device)],
    parse: nothing,
  };
}
