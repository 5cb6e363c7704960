import { resolve } from 'node:path';

import { createRunner, type CommandInput, type Runner } from '@ploop/runner';

import type { Disk } from './disk.ts';
import type { MutationOptions } from './mutations/target.ts';
import { openDisk } from './open-disk.ts';

/** What a descriptor is written for. */
export interface RestoreDescriptorOptions
  extends MutationOptions, Pick<CommandInput<'restoreDescriptor'>, 'raw'> {
  /** The one image of the disk. */
  readonly image: string;
  /** Where DiskDescriptor.xml is written. */
  readonly directory: string;
  /** What runs the tool. Default: the tool on this machine. */
  readonly runner?: Runner | undefined;
}

/**
 * Writes a descriptor for one image that has lost its own, and gives the disk. A chain of snapshots cannot be restored so.
 *
 * @throws RefusedError `TARGET_EXISTS` where there is a descriptor, `IMAGE_IS_DELTA` for an image of a snapshot.
 */
export async function restoreDescriptor({
  image,
  directory,
  raw,
  runner = createRunner(),
  signal,
}: RestoreDescriptorOptions): Promise<Disk> {
  const input = { image: resolve(image), directory: resolve(directory), raw };
  await runner.restoreDescriptor(input, { signal });
  return openDisk(directory, { runner });
}
