import { dirname, resolve } from 'node:path';

import { bytes } from '@ploop/descriptor';
import { createRunner, type FileSystem, type ImageFormat, type Runner } from '@ploop/runner';

import type { Disk } from './disk.ts';
import { openDisk } from './open-disk.ts';

/** What a new disk is made from. */
export interface CreateDiskOptions {
  /** The base image. Its directory must exist and hold no other disk: DiskDescriptor.xml goes there. */
  readonly path: string;
  /** Virtual size in bytes, a multiple of 512; the tool rounds it up to whole clusters. */
  readonly size: number;
  /** Default `expanded`: grows on demand. */
  readonly format?: ImageFormat;
  /** In bytes, a power of two from 32 KiB to 64 MiB. Default 1 MiB. */
  readonly clusterSize?: number;
  /** Format version. Default: the tool's own, 2 where the driver knows large disks, else 1. */
  readonly version?: 1 | 2;
  /** What to make on it. Default `ext4`; anything but `none` needs the kernel driver. */
  readonly fileSystem?: FileSystem;
  /** What runs the tool. Default: the tool on this machine. */
  readonly runner?: Runner;
  /** Sends the tool SIGTERM; it then removes what it has made. */
  readonly signal?: AbortSignal;
}

/**
 * Makes a disk with `ploop init`.
 *
 * @throws RefusedError `TARGET_EXISTS` where the image or a descriptor is there already: most releases delete an image
 * they find. `SIZE_INVALID`, `CLUSTER_SIZE_INVALID` and `PATH_INVALID` for what no release handles well.
 * @throws PloopError where the tool fails.
 */
export async function createDisk(options: CreateDiskOptions): Promise<Disk> {
  const { size, format, clusterSize, version, fileSystem = 'ext4', signal } = options;
  const runner = options.runner ?? createRunner();
  const path = resolve(options.path);
  const input = {
    path,
    size: bytes(size),
    fileSystem,
    ...(format !== undefined && { format }),
    ...(clusterSize !== undefined && { clusterSize: bytes(clusterSize) }),
    ...(version !== undefined && { version }),
  };
  await runner.init(input, signal && { signal });
  return openDisk(dirname(path), { runner });
}
