import { dirname } from 'node:path';

import type { GuardContext } from './command.ts';
import { RefusedError } from './errors.ts';
import { volumeFacts } from './volume-facts.ts';

/**
 * Which volumes a command for disks harms: snapshots, on whose images others stand, or every volume that has a parent or
 * children. Measured on 8 releases from 7.0.95 to 9.0.30, all of which exit with 0; a command that the table takes for
 * harmful without a measurement changes the same images.
 */
const HARMED: Readonly<Record<string, 'snapshots' | 'related'>> = {
  convert: 'related',
  encrypt: 'related',
  fscheck: 'related',
  grow: 'snapshots',
  mount: 'snapshots',
  replace: 'related',
  resize: 'snapshots',
  snapshot: 'snapshots',
  'snapshot-delete': 'related',
  'snapshot-merge': 'related',
  'snapshot-switch': 'related',
  tsnapshot: 'related',
};

/**
 * Refuses commands for disks that destroy what volumes share: a conversion drops what the volume has from its parent, a
 * merge overwrites the parent, and a new GUID for the state of a snapshot makes the volumes above it unreadable.
 *
 * @throws RefusedError `DISK_IS_VOLUME`, `VOLUME_HAS_CHILDREN`
 */
export async function refuseVolume(
  { name }: { readonly name: string },
  descriptor: string,
  context: Pick<GuardContext, 'ask' | 'look' | 'see'>,
): Promise<void> {
  const volume = await volumeFacts(descriptor, context);
  if (volume === undefined) return;
  const { parent, readOnly, children } = volume;
  const isRelated = HARMED[name] === 'related';
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
