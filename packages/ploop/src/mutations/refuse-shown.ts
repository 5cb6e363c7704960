import { sameGuid } from '@ploop/descriptor';
import { RefusedError } from '@ploop/runner';

import type { Source } from '../source.ts';
import { knownMounts } from './known-mounts.ts';

/**
 * Refuses where a device with a name of its own shows a snapshot that is to be deleted, which the tool does not do then.
 *
 * @throws RefusedError `DISK_MOUNTED`
 */
export async function refuseShown(source: Source, guid: string): Promise<void> {
  const mounts = await knownMounts(source);
  const shown = mounts.find(
    (mount) =>
      mount.component !== '' &&
      mount.confidence === 'certain' &&
      mount.guid !== undefined &&
      sameGuid(mount.guid, guid),
  );
  if (shown !== undefined)
    throw new RefusedError(
      'DISK_MOUNTED',
      `${shown.device} shows ${guid}`,
      'Unmount it first: umount({ component }).',
    );
}
