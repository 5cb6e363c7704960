import type { Command } from '../command.ts';
import { refuseVolumeSnapshot } from '../guards/refuse-volume-change.ts';
import { copyOfVolume, type VolumeCopyInput } from './shared/volume-copy.ts';

/**
 * `ploop volume snapshot`: a read-only volume that keeps another as it is now, and from which that continues. Its image
 * stays in the directory of the other. Exit codes: 38 parameters, 39 descriptor.
 *
 * Refused: a snapshot of a volume from which others continue, and releases 8 before 8.0.98, which fail.
 */
export const volumeSnapshot: Command<VolumeCopyInput, void> = copyOfVolume(
  'volume snapshot',
  refuseVolumeSnapshot,
);
