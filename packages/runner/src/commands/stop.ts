import type { Command } from '../command.ts';
import { changeOfDevice, type DeviceInput } from './shared/device-state.ts';

/** `ploop stop`: stops a running device; its deltas stay on it. For the block driver. Exit codes: 2 no such device, 3 it does not run, or is in use. */
export const stop: Command<DeviceInput, void> = changeOfDevice('stop');
