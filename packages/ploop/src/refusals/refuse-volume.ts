import { VOLUME_HARM, type VolumeHarming } from '@ploop/descriptor/releases';
import { RefusedError } from '@ploop/runner';

import type { DiskState } from '../state/state.ts';

/**
 * Refuses to change images that a volume shares with others, which no release notices.
 *
 * @throws RefusedError `DISK_IS_VOLUME`, `VOLUME_HAS_CHILDREN`
 */
export function refuseVolume(
  { descriptor: { volume }, directory }: DiskState,
  subcommand: VolumeHarming,
  operation: string = subcommand,
): void {
  if (volume?.readOnly === true)
    throw new RefusedError(
      'VOLUME_HAS_CHILDREN',
      `${operation} would change the images of the snapshot volume ${directory}, which others stand on`,
      subcommand === 'mount'
        ? 'Mount it `readonly`, or mount a clone: cloneVolume.'
        : 'Change a clone instead: cloneVolume.',
    );
  if (volume?.parent !== undefined && VOLUME_HARM[subcommand] === 'related')
    throw new RefusedError(
      'DISK_IS_VOLUME',
      `${operation} would lose what ${directory} has from its parent volume ${JSON.stringify(volume.parent)}`,
      'deleteVolume of the parent merges it into this volume, switchVolume returns to a snapshot.',
    );
}
