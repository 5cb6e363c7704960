import { resolve } from 'node:path';

import { createRunner, type Runner } from '@ploop/runner';

import { requireArguments } from '../arguments/require.ts';
import type { MutationOptions } from '../run/run-target.ts';

/** What runs the tool where no disk is given. */
export interface UmountPlaceOptions extends MutationOptions {
  /** Default: the tool on this machine. */
  readonly runner?: Runner | undefined;
}

/**
 * Unmounts the disk on a device, whatever disk that is: `/dev/ploop0`, `/dev/ploop0p1`, `/dev/mapper/ploop46602`. Nothing
 * is noted in `.statfs`; {@link Disk.umount} does so. A device of the block driver that has no images counts as
 * unmounted.
 *
 * @throws PloopError `EXIT` where there is no such device, see `isNotMounted`, or it stays busy; `REFUSED` with
 * `PATH_INVALID` for what is not below /dev, `OPTION_INVALID` for an argument or an option of the wrong type.
 */
export async function umountDevice(
  device: string,
  options: UmountPlaceOptions = {},
): Promise<void> {
  requireArguments('umountDevice', [device, options]);
  const { runner = createRunner(), signal } = options;
  await runner.umount({ device }, { signal });
}

/**
 * Unmounts the disk whose file system is mounted at a directory, as {@link umountDevice}.
 *
 * @throws PloopError `EXIT` where no ploop disk is mounted there, see `isNotMounted`, or it stays busy.
 */
export async function umountPath(
  mountPoint: string,
  options: UmountPlaceOptions = {},
): Promise<void> {
  requireArguments('umountPath', [mountPoint, options]);
  const { runner = createRunner(), signal } = options;
  await runner.umount({ mountPoint: resolve(mountPoint) }, { signal });
}
