import type { Bytes } from '@ploop/descriptor';

import { size, wholeNumber } from '../argv/numbers.ts';
import { flag, option } from '../argv/options.ts';
import { descriptorPath } from '../argv/paths.ts';
import { nothing, type Command } from '../command.ts';
import { grownTo } from '../effect/disks.ts';
import { RefusedError } from '../errors/errors.ts';
import { refuseVolume } from '../guards/refuse-volume.ts';
import { refusePlanned } from '../harm/refuse-planned.ts';
import { mainDevice, refuseNamed } from './shared/in-use.ts';
import { checkNewSize } from './shared/sizing.ts';

/** Input of `ploop resize`. */
export interface ResizeInput {
  readonly descriptor: string;
  /** The new size, which the tool rounds up to whole clusters; or the smallest that the balloon can make the file system. */
  readonly size: Bytes | 'smallest';
  /** Mounts a disk that is not mounted and works as on one that is (7.0.198, 8.0.15). Default: works offline. */
  readonly online?: boolean | undefined;
  /** The process in whose mount namespace the file system is mounted (8.0.73 and later). */
  readonly namespacePid?: number | undefined;
}

/** The largest process id of a 64-bit kernel. */
const MOST_PID = 2 ** 22;

/**
 * `ploop resize`: makes the file system, and where it grows the disk, larger or smaller. Smaller and mounted: the balloon
 * takes the space, the disk keeps its size. Smaller and not mounted: the file system shrinks, the disk keeps its size
 * unless it is raw. Release 7 converts version 1 to 2 on the way. Exit codes: 2 no driver, 4 and 39 descriptor, 20 no
 * space for the balloon, 26 resize2fs, 33 partition table, 38 smaller than the file system can be, 41 fsck.
 *
 * Refused: a raw disk made smaller that is not mounted, as the tool cuts the file system short by its last cluster.
 */
export const resize: Command<ResizeInput, void> = {
  name: 'resize',
  verbosity: 0,
  mutates: true,
  disk: ({ descriptor }) => descriptor,
  argv: (input) => [
    ...(input.size === 'smallest' ? ['-b'] : ['-s', size(input.size)]),
    ...flag('-o', input.online),
    ...option(
      '-p',
      input.namespacePid === undefined ? undefined : wholeNumber(input.namespacePid, 1, MOST_PID),
    ),
    descriptorPath(input.descriptor),
  ],
  guard: async ({ descriptor, size: wanted }, context) => {
    await refuseVolume('resize', descriptor, context);
    await refusePlanned('resize', { descriptor }, context);
    await refuseNamed(descriptor, context);
    if (wanted === 'smallest') return;
    const disk = await checkNewSize(descriptor, wanted, context);
    if (disk.version !== 0 || wanted >= disk.size) return;
    const device = await mainDevice(descriptor, context);
    if (device === undefined)
      throw new RefusedError(
        'DISK_IS_RAW',
        'a raw disk that is made smaller while it is not mounted loses the end of its file system, with exit code 0',
        'Copy its files to a smaller disk: release 1.15 has no balloon for a raw disk that is mounted, either.',
      );
  },
  effect: ({ descriptor, size: wanted }) =>
    wanted === 'smallest' ? undefined : grownTo(descriptor, wanted),
  parse: nothing,
};
