import { resolve } from 'node:path';

import { bytes, DescriptorError } from '@ploop/descriptor';
import { refuseTooManyOpen } from '@ploop/descriptor/internal';
import { createRunner, isPloopError, type CommandInput } from '@ploop/runner';

import { requireArguments } from '../arguments/require.ts';
import type { Disk } from '../disk/disk.ts';
import { openDisk } from '../disk/open-disk.ts';
import { isThere } from '../io/is-there.ts';
import { leaving } from '../run/left-behind.ts';
import { verify } from '../run/verify.ts';
import type { OpenDiskOptions } from '../state/source-at.ts';
import type { VolumeOptions } from './volume.ts';

type Input = CommandInput<'volumeCreate'>;

/** What a new volume is made from. */
export interface CreateVolumeOptions
  extends VolumeOptions, Pick<Input, 'image' | 'format' | 'fileSystem' | 'label' | 'keyId'> {
  /** The directory to make. */
  readonly directory: string;
  /** Virtual size in bytes, a multiple of 512; the tool rounds it up to whole clusters. */
  readonly size: number;
  /** In bytes, a power of two from 32 KiB to 64 MiB. Default 1 MiB. */
  readonly clusterSize?: number | undefined;
}

/**
 * Makes a volume with `ploop volume create` (releases 7.0.95 and later): a directory with a disk, of which clones and
 * snapshots can be made. What is said of volumes here was measured on 11 releases from 7.0.95 to 9.0.30.
 *
 * @throws RefusedError `TARGET_EXISTS`; `NOT_IN_RELEASE`, which 1.15 is refused for; `SIZE_INVALID`, `OPTION_INVALID` and others as for a disk.
 * @throws PloopError where the tool fails.
 */
export async function createVolume(options: CreateVolumeOptions): Promise<Disk> {
  requireArguments('createVolume', [options]);
  const { size, clusterSize, signal, image, format, fileSystem, label, keyId } = options;
  const runner = options.runner ?? createRunner();
  const volume = resolve(options.directory);
  const input: Input = {
    volume,
    size: bytes(size),
    image: image === undefined ? undefined : resolve(image),
    clusterSize: clusterSize === undefined ? undefined : bytes(clusterSize),
    ...{ format, fileSystem, label, keyId },
  };
  return made(volume, async () => {
    await runner.volumeCreate(input, { signal });
    const disk = await opened(volume, { ...options, runner }, 'volume create');
    const info = await disk.imageInfo();
    verify(info.size >= size, 'volume create', `a disk of at least ${String(size)} bytes`);
    return disk;
  });
}

/** The disk that the tool says it has made. */
export async function opened(
  directory: string,
  options: OpenDiskOptions,
  subcommand: string,
): Promise<Disk> {
  const disk = await openDisk(directory, options).catch((error: unknown) => {
    refuseTooManyOpen(directory, error);
    if (error instanceof DescriptorError) return undefined;
    throw error;
  });
  verify(disk !== undefined, subcommand, `a disk in ${directory}`);
  return disk;
}

/** Work that makes a directory; its error says where that is left. What was refused has made none. */
export async function made<Result>(
  directory: string,
  work: () => Promise<Result>,
): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    if (!isPloopError(error) || error.code === 'REFUSED' || !(await isThere(directory)))
      throw error;
    throw leaving(error, [directory]);
  }
}
