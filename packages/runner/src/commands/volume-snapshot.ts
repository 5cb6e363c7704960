import type { Command } from '../command.ts';
import { copyOfVolume, type VolumeCopyInput } from '../volume-copy.ts';

/**
 * `ploop volume snapshot`: a read-only volume that keeps another as it is now. Exit codes: 38
 * parameters, 39 descriptor.
 */
export const volumeSnapshot: Command<VolumeCopyInput, void> = copyOfVolume('volume snapshot');
