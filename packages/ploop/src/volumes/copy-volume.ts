import { dirname, resolve } from 'node:path';

import { commands, type CommandInput } from '@ploop/runner';

import { requireArguments } from '../arguments/require.ts';
import type { Disk } from '../disk/disk.ts';
import { exclusively } from '../run/exclusively.ts';
import { made, opened } from './create-volume.ts';
import { volumeAt, type VolumeOptions } from './volume.ts';

/** Which volume is derived from which. */
export interface CopyVolumeOptions extends VolumeOptions {
  /** The directory of the volume that is there. */
  readonly source: string;
  /** The directory to make. */
  readonly target: string;
  /** Where its image is put. Default: into the directory. */
  readonly image?: string | undefined;
}

/**
 * Makes a volume that begins as another one is, and returns its disk: `ploop volume clone` (releases 7.0.95 and later). The
 * source must stay: a snapshot volume for as long as clones continue from it, and a volume that is written to, in which
 * the tool takes a snapshot for the clone.
 *
 * @throws DescriptorError if there is no disk at `source`.
 * @throws RefusedError `TARGET_EXISTS`, `NOT_IN_RELEASE`, `DISK_DAMAGED`, `DELTA_OUTSIDE`, `OPTION_INVALID`.
 */
export async function cloneVolume(options: CopyVolumeOptions): Promise<Disk> {
  requireArguments('cloneVolume', [options]);
  return copyVolume('volumeClone', options);
}

/**
 * Makes a read-only volume that keeps another one as it is now, and returns its disk: `ploop volume snapshot` (releases
 * 7.0.95 and later). The source continues from it. Its image stays in the directory of the source, so that this cannot be
 * deleted before the snapshot.
 *
 * @throws DescriptorError if there is no disk at `source`.
 * @throws RefusedError `VOLUME_HAS_CHILDREN` if other volumes continue from the source; `RELEASE_UNFIT` for releases 8 before
 * 8.0.98, which fail; and as {@link cloneVolume}.
 */
export async function snapshotVolume(options: CopyVolumeOptions): Promise<Disk> {
  requireArguments('snapshotVolume', [options]);
  return copyVolume('volumeSnapshot', options);
}

async function copyVolume(
  method: 'volumeClone' | 'volumeSnapshot',
  { source, target, image, signal, ...options }: CopyVolumeOptions,
): Promise<Disk> {
  const volume = await volumeAt(source, options);
  const directory = resolve(target);
  const input: CommandInput<typeof method> = {
    source: dirname(volume.descriptorPath),
    target: directory,
    image: image === undefined ? undefined : resolve(image),
  };
  return exclusively(
    volume,
    (traced) =>
      made(directory, async () => {
        await traced.runner[method](input, { signal });
        const { runner } = volume;
        return opened(directory, { ...options, runner }, commands[method].name);
      }),
    { signal },
  );
}
