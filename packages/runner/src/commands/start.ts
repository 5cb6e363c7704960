import type { Command } from '../command.ts';
import { changeOfDevice, type DeviceInput } from './shared/device-state.ts';

/** `ploop start`: starts a device that has its deltas. For the block driver. Exit codes: 2 no such device, 3 it runs already, or has no delta. */
export const start: Command<DeviceInput, void> = changeOfDevice('start');
