import { RefusedError } from '@ploop/runner';

import type { DiskState } from './state.ts';

/**
 * Refuses to change images that a volume shares with others, which no release notices.
 *
 * @param harmed - Whether a volume with a parent is harmed as well, or only a snapshot, whose images others stand on.
 * @throws RefusedError `DISK_IS_VOLUME`, `VOLUME_HAS_CHILDREN`
 */
export function refuseVolume(
  { descriptor: { volume }, directory }: DiskState,
  operation: string,
  harmed: 'snapshots' | 'related',
): void {
  if (volume?.readOnly === true)
    throw new RefusedError(
      'VOLUME_HAS_CHILDREN',
      `${operation} would change the images of the snapshot volume ${directory}, which others stand on`,
      operation === 'mount'
        ? 'Mount it `readonly`, or mount a clone: cloneVolume.'
        : 'Change a clone instead: cloneVolume.',
    );
  if (volume?.parent !== undefined && harmed === 'related')
    throw new RefusedError(
      'DISK_IS_VOLUME',
      `${operation} would lose what ${directory} has from its parent volume ${JSON.stringify(volume.parent)}`,
      'deleteVolume of the parent merges it into this volume, switchVolume returns to a snapshot.',
    );
}
