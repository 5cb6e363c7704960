import { RefusedError } from '@ploop/runner';

import { writersOf } from '../holders/holders.ts';
import type { Source } from '../state/source.ts';

/**
 * Refuses to change a disk that is written to by a device that the tool does not see: one with a component name, or that
 * names the image by another path. Release 1.15 takes a snapshot that goes on changing then, deletes the delta that is
 * written to, and unmarks the image that is in use.
 *
 * @throws RefusedError `DISK_MOUNTED` or `MOUNT_UNKNOWN`
 */
export async function refuseWritten(source: Source): Promise<void> {
  const hidden = (await writersOf(source)).find(({ seen }) => !seen);
  if (hidden === undefined) return;
  const { device, component } = hidden;
  const name = component === '' ? 'another path' : `the name ${JSON.stringify(component)}`;
  throw new RefusedError(
    'DISK_MOUNTED',
    `${device} writes to the disk under ${name}, which the tool does not see`,
    component === ''
      ? 'Unmount it first: umountDevice.'
      : 'Unmount it first: umount({ component }).',
  );
}
