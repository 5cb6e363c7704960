import type { Command } from '../command.ts';
import { changeOfDevice, type DeviceInput } from './shared/device-state.ts';

/** `ploop clear`: takes all deltas off a stopped device. For the block driver. Exit codes: 2 no such device, 3 it runs. */
export const clear: Command<DeviceInput, void> = changeOfDevice('clear');
