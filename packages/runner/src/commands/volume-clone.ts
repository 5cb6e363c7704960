import type { Command } from '../command.ts';
import { copyOfVolume, type VolumeCopyInput } from './shared/volume-copy.ts';

/**
 * `ploop volume clone`: a new volume that begins as another is. Of one that is written to, it takes a snapshot within
 * that volume, which the clone keeps from being deleted. Exit codes: 38 parameters, 39 descriptor.
 */
export const volumeClone: Command<VolumeCopyInput, void> = copyOfVolume('volume clone');
