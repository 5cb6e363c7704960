import { resolveFile } from '@ploop/descriptor';
import { runAsync } from '@ploop/descriptor/node';
import { RefusedError } from '@ploop/runner';

import { ReadError } from '../read-error.ts';
import { mountsOf } from '../reads/mounts.ts';
import type { Source } from '../source.ts';
import { stateOf } from '../state.ts';

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
  const told = (certain ?? (await runner.infoDevice({ descriptor }))).device;
  return told ?? (mounts === undefined ? undefined : listedDevice(source));
}

/** A device under a component name, of which `info` does not tell. */
async function listedDevice({ runner, descriptorPath }: Source): Promise<string | undefined> {
  const { descriptor, directory } = await runAsync(stateOf(descriptorPath));
  const images = new Set(descriptor.images.map(({ file }) => resolveFile(directory, file)));
  const rows = await runner.list({});
  return rows.find((row) => row.images.some((image) => images.has(image)))?.device;
}
