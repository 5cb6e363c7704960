import type { Command } from '../command.ts';
import { copyOfVolume, type VolumeCopyInput } from '../volume-copy.ts';

/**
 * `ploop volume clone`: a new volume that begins as another, which can no longer be written to. Exit codes: 38
 * parameters, 39 descriptor.
 */
export const volumeClone: Command<VolumeCopyInput, void> = copyOfVolume('volume clone');
