import { resolve } from 'node:path';

import type { ConfineOptions } from '@ploop/descriptor/node';
import { createRunner, type CommandInput, type Runner } from '@ploop/runner';

import { requireArguments } from '../arguments/require.ts';
import { refuseNeighbours } from '../refusals/refuse-neighbours.ts';
import { refuseLinksOutside } from '../refusals/refuse-outside.ts';
import type { MutationOptions } from '../run/run-target.ts';
import type { Disk } from './disk.ts';
import { openDisk } from './open-disk.ts';

/** What a descriptor is written for. */
export interface RestoreDescriptorOptions
  extends
    MutationOptions,
    ConfineOptions,
    Pick<CommandInput<'restoreDescriptor'>, 'raw' | 'alone'> {
  /** The one image of the disk. */
  readonly image: string;
  /** Where DiskDescriptor.xml is written. */
  readonly directory: string;
  /** What runs the tool. Default: the tool on this machine. */
  readonly runner?: Runner | undefined;
}

/**
 * Writes a descriptor for an image that is a whole disk and has lost its own, and returns the disk. A chain of snapshots
 * cannot be restored this way: its base alone is the oldest state.
 *
 * @throws RefusedError `TARGET_EXISTS` if there is a descriptor, `IMAGE_IS_DELTA` for an image of a snapshot, and
 * `DELTAS_BESIDE`, which names other images in and below the directories of the image and the descriptor, unless `alone` is set;
 * `DELTA_OUTSIDE` if a symlink at a name that the tool writes to leads out of `directory`.
 * `OPTION_INVALID` for an option of the wrong type.
 */
export async function restoreDescriptor(options: RestoreDescriptorOptions): Promise<Disk> {
  requireArguments('restoreDescriptor', [options]);
  const { image, directory, raw, alone, runner = createRunner(), signal, confine } = options;
  const input = { image: resolve(image), directory: resolve(directory), raw, alone };
  if (alone !== true) await refuseNeighbours(input.image, input.directory);
  await refuseLinksOutside(input.directory, input.image, { confine });
  await runner.restoreDescriptor(input, { signal });
  return openDisk(directory, { runner, confine });
}
