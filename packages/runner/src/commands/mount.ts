import type { Guid } from '@ploop/descriptor';

import { optionalChoice } from '../argv/choices.ts';
import { optionalGuid } from '../argv/guids.ts';
import { flag, option } from '../argv/options.ts';
import { descriptorPath, devicePath, path } from '../argv/paths.ts';
import { componentName, optionalText } from '../argv/texts.ts';
import type { Command } from '../command.ts';
import { requireDirectory } from '../guards/guards.ts';
import { refuseVolume } from '../guards/refuse-volume.ts';
import { parseMounted, type Mounted } from '../output/mounting.ts';
import { refuseNamed, refuseOnDevice } from './shared/in-use.ts';

/** Input of `ploop mount` on a descriptor. */
export interface MountInput {
  readonly descriptor: string;
  /** The snapshot to mount. With children it can only be mounted `readonly`. Default: the top. */
  readonly guid?: Guid | undefined;
  readonly readonly?: boolean | undefined;
  /** A directory to mount the file system at. Default: the device alone is made. */
  readonly mountPoint?: string | undefined;
  /** Default: ext4; releases 8 and 9 find out. */
  readonly fileSystem?: 'ext3' | 'ext4' | 'xfs' | undefined;
  /** Runs `fsck -p` on the file system before. */
  readonly fsck?: boolean | undefined;
  /** Options of the file system itself, comma-separated. Flags such as `noatime` are not data: exit code 21. */
  readonly mountData?: string | undefined;
  /** A name under which the disk can be mounted once more; `info -d` and a plain `umount` then do not find it. */
  readonly component?: string | undefined;
  /** The device node to use. Default: the first that is free. */
  readonly device?: string | undefined;
  /** Turns on quota inside (8.0.61 and later). */
  readonly quota?: boolean | undefined;
  /** Does not have the kernel read the partition table (7.0.274, 9.0.6). */
  readonly skipPartitions?: boolean | undefined;
}

/**
 * `ploop mount`: puts the deltas of a disk on a device, base first, and mounts the file system on it. An image that was
 * not closed cleanly is repaired; release 7 also converts images of version 1 for good. Exit codes: 2 no driver, 3 the
 * driver refuses, 7 a lower delta was not closed cleanly, 11 damage, 21 mounted already or mount(2), 38 parameters,
 * 41 fsck, 43 no such snapshot. After an `OUTPUT` error the device is there: ask `infoDevice` for it.
 */
export const mount: Command<MountInput, Mounted> = {
  name: 'mount',
  verbosity: 0,
  mutates: true,
  disk: ({ descriptor }) => descriptor,
  argv: (input) => [
    ...flag('-r', input.readonly),
    ...flag('-F', input.fsck),
    ...flag('-q', input.quota),
    ...flag('-n', input.skipPartitions),
    ...option('-t', optionalChoice(input.fileSystem, ['ext3', 'ext4', 'xfs'])),
    ...option('-u', optionalGuid(input.guid)),
    ...option('-o', optionalText(input.mountData)),
    ...option('-c', input.component === undefined ? undefined : componentName(input.component)),
    ...option('-d', input.device === undefined ? undefined : devicePath(input.device)),
    ...option('-m', input.mountPoint === undefined ? undefined : path(input.mountPoint)),
    descriptorPath(input.descriptor),
  ],
  guard: async ({ descriptor, mountPoint, component, readonly }, context) => {
    if (mountPoint !== undefined) await requireDirectory(mountPoint, context);
    if (readonly === true) return;
    await refuseVolume('mount', descriptor, context);
    if (component === undefined) await refuseNamed(descriptor, context);
    else
      await refuseOnDevice(
        descriptor,
        context,
        'Mount it readonly, or unmount it first: the tool would mark the live image as closed before it fails.',
      );
  },
  parse: (stdout, { mountPoint }) => {
    const mounted = parseMounted(stdout, mountPoint);
    return mounted === undefined
      ? { expected: 'the device and what is mounted where' }
      : { value: mounted };
  },
};
