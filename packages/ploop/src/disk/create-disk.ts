import { basename, dirname, join, resolve } from 'node:path';

import { bytes } from '@ploop/descriptor';
import {
  createRunner,
  init,
  type FileSystem,
  type ImageFormat,
  type InitInput,
} from '@ploop/runner';

import { requireArguments } from '../arguments/require.ts';
import { verify } from '../run/verify.ts';
import type { OpenDiskOptions } from '../state/source-at.ts';
import type { Disk } from './disk.ts';
import { openDisk } from './open-disk.ts';
import { staged } from './staging.ts';

/** What a new disk is made from. */
export interface CreateDiskOptions extends OpenDiskOptions {
  /** The base image. Its directory must exist and hold no other disk: DiskDescriptor.xml goes there. */
  readonly path: string;
  /** Virtual size in bytes, a multiple of 512; the tool rounds it up to whole clusters. */
  readonly size: number;
  /** Default `expanded`: grows on demand. */
  readonly format?: ImageFormat | undefined;
  /** In bytes, a power of two from 32 KiB to 64 MiB. Default 1 MiB. */
  readonly clusterSize?: number | undefined;
  /** Format version. Default: the tool's own, 2 where the driver knows large disks, else 1. */
  readonly version?: 1 | 2 | undefined;
  /** What to make on it. Default `ext4`; anything but `none` needs the kernel driver. */
  readonly fileSystem?: FileSystem | undefined;
  /** Writes the inode tables and the journal now instead of when the disk is mounted first (1.14 and later). */
  readonly eager?: boolean | undefined;
  /** Of the file system (7.0.88 and later). */
  readonly label?: string | undefined;
  /** The id of an encryption key (7.0.43 and later). */
  readonly keyId?: string | undefined;
  /** Sends the tool SIGTERM; it then removes what it has made. */
  readonly signal?: AbortSignal | undefined;
}

/**
 * Makes a disk with `ploop init`. The tool works in a directory of its own beside the disk, named `.ploop-new-…`, and what
 * it made is moved into place as a whole.
 *
 * @throws RefusedError `TARGET_EXISTS` where the image or a descriptor is there already. `SIZE_INVALID`,
 * `CLUSTER_SIZE_INVALID` and `PATH_INVALID` for what no release handles well. `OPTION_INVALID` for an option of the wrong type.
 * @throws PloopError where the tool fails.
 * @throws DescriptorError `FILE_NOT_SYNCED`: the disk is in its place, but a power cut may undo that.
 */
export async function createDisk(options: CreateDiskOptions): Promise<Disk> {
  requireArguments('createDisk', [options]);
  const { size, format, clusterSize, version, fileSystem = 'ext4', signal } = options;
  const { eager, label, keyId } = options;
  const runner = options.runner ?? createRunner();
  const path = resolve(options.path);
  const input: InitInput = {
    path,
    size: bytes(size),
    fileSystem,
    format,
    clusterSize: clusterSize === undefined ? undefined : bytes(clusterSize),
    version,
    ...{ eager, label, keyId },
  };
  await runner.preflight(init, input);
  await staged(dirname(path), async (staging) => {
    await runner.init({ ...input, path: join(staging, basename(path)) }, { signal });
    const made = await openDisk(staging);
    const { images } = await made.descriptor();
    const isAlone = images.length === 1 && images[0]?.file === basename(path);
    const { size: actual } = await made.imageInfo();
    verify(isAlone && actual >= size, 'init', `one image of at least ${String(size)} bytes`);
  });
  return openDisk(dirname(path), { ...options, runner });
}
