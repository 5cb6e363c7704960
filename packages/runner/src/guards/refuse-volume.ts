import { dirname } from 'node:path';

import { VOLUME_HARM, type VolumeHarming } from '@ploop/descriptor/releases';

import type { GuardContext } from '../command.ts';
import { RefusedError } from '../errors/errors.ts';
import { volumeFacts } from './volume-facts.ts';

/**
 * Refuses commands for disks that destroy what volumes share: a conversion drops what the volume has from its parent, a
 * merge overwrites the parent, and a new GUID for the state of a snapshot makes the volumes above it unreadable.
 *
 * @throws RefusedError `DISK_IS_VOLUME`, `VOLUME_HAS_CHILDREN`
 */
export async function refuseVolume(
  name: VolumeHarming,
  descriptor: string,
  context: Pick<GuardContext, 'ask' | 'look' | 'see'>,
): Promise<void> {
  const volume = await volumeFacts(descriptor, context);
  if (volume === undefined) return;
  const { parent, readOnly, children } = volume;
  const isRelated = VOLUME_HARM[name] === 'related';
  const directory = dirname(descriptor);
  if (readOnly || (isRelated && children.length > 0))
    throw new RefusedError(
      'VOLUME_HAS_CHILDREN',
      `${name} would change images of ${directory} that other volumes stand on: ${children.map((child) => JSON.stringify(child)).join(', ') || 'it is a snapshot'}`,
      name === 'mount'
        ? 'Mount it readonly, or clone it with `ploop volume clone` and mount the clone.'
        : 'Clone it with `ploop volume clone`, and change the clone.',
    );
  if (isRelated && parent !== undefined)
    throw new RefusedError(
      'DISK_IS_VOLUME',
      `${name} would lose or overwrite what ${directory} has from its parent volume ${JSON.stringify(parent)}`,
      'Use `ploop volume`: `delete` of the parent merges it into this volume, `switch` returns to a snapshot.',
    );
}
