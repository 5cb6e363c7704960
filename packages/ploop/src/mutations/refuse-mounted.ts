import { runAsync } from '@ploop/descriptor/node';
import { RefusedError } from '@ploop/runner';

import { ReadError } from '../read-error.ts';
import { mountsOf } from '../reads/mounts.ts';
import type { Source } from '../source.ts';

/**
 * Refuses where a disk is on a device, under a component name or not.
 *
 * @throws RefusedError `DISK_MOUNTED`
 */
export async function refuseMounted(source: Source, operation: string): Promise<void> {
  const device = await deviceOf(source);
  if (device === undefined) return;
  throw new RefusedError(
    'DISK_MOUNTED',
    `${operation} is not possible while the disk is on ${device}`,
    'Unmount it first.',
  );
}

/** Where the kernel does not tell for sure, the tool is asked. */
async function deviceOf(source: Source): Promise<string | undefined> {
  const { runner, descriptorPath: descriptor } = source;
  const mounts = await runAsync(mountsOf(source)).catch((error: unknown) => {
    if (error instanceof ReadError) return undefined;
    throw error;
  });
  if (mounts?.length === 0) return undefined;
  const certain = mounts?.find(({ confidence }) => confidence === 'certain');
  return (certain ?? (await runner.infoDevice({ descriptor }))).device;
}
