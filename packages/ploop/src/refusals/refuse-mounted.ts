import { RefusedError } from '@ploop/runner';

import { holdersOf } from '../holders/holders.ts';
import type { Source } from '../state/source.ts';

/**
 * Refuses where a disk is on a device, under a component name or not.
 *
 * @throws RefusedError `DISK_MOUNTED` or `MOUNT_UNKNOWN`
 */
export async function refuseMounted(source: Source, operation: string): Promise<void> {
  const [holder] = await holdersOf(source);
  if (holder !== undefined) throw mountedOn(holder.device, operation);
}

/** The refusal of what is not possible while a disk is on a device. */
export function mountedOn(device: string, operation: string): RefusedError {
  return new RefusedError(
    'DISK_MOUNTED',
    `${operation} is not possible while the disk is on ${device}`,
    'Unmount it first.',
  );
}
