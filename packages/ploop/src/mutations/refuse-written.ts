import { runAsync } from '@ploop/descriptor/node';
import { RefusedError } from '@ploop/runner';

import { attribute } from '../io/kernel-files.ts';
import type { DiskMount } from '../reads/mounts.ts';
import type { Source } from '../source.ts';
import { knownMounts } from './known-mounts.ts';

/**
 * Refuses to change a disk that is written to under a component name. The tool sees no such device: release 1.15 takes a
 * snapshot that goes on changing, deletes the delta that is written to, and unmarks the image that is in use.
 *
 * @throws RefusedError `DISK_MOUNTED`
 */
export async function refuseWritten(source: Source): Promise<void> {
  for (const mount of await knownMounts(source)) {
    if (mount.component === '' || !(await isWritten(source, mount))) continue;
    throw new RefusedError(
      'DISK_MOUNTED',
      `${mount.device} writes to the disk under the name ${JSON.stringify(mount.component)}, which the tool does not see`,
      'Unmount it first: umount({ component }).',
    );
  }
}

async function isWritten({ roots }: Source, mount: DiskMount): Promise<boolean> {
  const { kernelName, images, confidence } = mount;
  if (confidence !== 'certain' || images === undefined) return false;
  const top = `${roots.sys}/block/${kernelName}/pdelta/${String(images.length - 1)}`;
  return (await runAsync(attribute(`${top}/ro`))) === '0';
}
