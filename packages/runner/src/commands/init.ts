import { lstat } from 'node:fs/promises';
import { dirname, join } from 'node:path';

import { isClusterSize, toSectors, type Bytes } from '@ploop/descriptor';

import { option, path, size } from '../argv.ts';
import { nothing, type Command } from '../command.ts';
import { RefusedError } from '../errors.ts';

/** How the base image of a new disk is laid out: growing on demand, allocated in full, or a bare disk image. */
export type ImageFormat = 'expanded' | 'preallocated' | 'raw';

/** What to make on a new disk. Anything but `none` needs the kernel driver. */
export type FileSystem = 'none' | 'ext3' | 'ext4' | 'xfs';

/** Input of `ploop init`. */
export interface InitInput {
  /** The base image; DiskDescriptor.xml is written beside it. */
  readonly path: string;
  /** Rounded up to whole clusters by the tool. */
  readonly size: Bytes;
  readonly format?: ImageFormat;
  readonly clusterSize?: Bytes;
  /** Format version. The tool's default is 2 with release 9 or a driver for large disks, else 1. */
  readonly version?: 1 | 2;
  /** Passed on explicitly: releases 8 and 9 have another default than earlier ones. */
  readonly fileSystem: FileSystem;
}

/** Sectors that a version 1 image can have. Without a file system the tool does not check, and wraps around. */
const VERSION_1_SECTORS = 2 ** 32 - 1;

/**
 * `ploop init`: a new disk. Exit codes: 1 no such directory, 2 no driver, 12 parted, 24 mkfs, 38 parameters.
 * Refused where the image or the descriptor exists: releases before 7.0.95 delete an image they find.
 */
export const init: Command<InitInput, void> = {
  name: 'init',
  verbosity: 0,
  argv: (input) => [
    '-s',
    size(limited(input)),
    ...option('-f', input.format),
    ...option('-b', clusterSectors(input.clusterSize)),
    ...option('-v', input.version?.toString()),
    '-t',
    input.fileSystem,
    path(input.path),
  ],
  guard: async ({ path: image }) => {
    await refuseExisting(image);
    await refuseExisting(join(dirname(image), 'DiskDescriptor.xml'));
  },
  parse: nothing,
};

function limited({ size: bytes, version }: InitInput): Bytes {
  if (version !== 2 && (toSectors(bytes) ?? 0) > VERSION_1_SECTORS)
    throw new RefusedError(
      'SIZE_INVALID',
      `${String(bytes)} bytes are more than an image of format version 1 can hold`,
      'Ask for version 2: with version 1 the tool makes a smaller disk and exits with 0.',
    );
  return bytes;
}

function clusterSectors(bytes: Bytes | undefined): string | undefined {
  if (bytes === undefined) return undefined;
  const count = toSectors(bytes);
  if (count === undefined || !isClusterSize(count))
    throw new RefusedError(
      'CLUSTER_SIZE_INVALID',
      `a cluster of ${String(bytes)} bytes is no power of two from 32 KiB to 64 MiB`,
    );
  return String(count);
}

async function refuseExisting(file: string): Promise<void> {
  if (await exists(file))
    throw new RefusedError(
      'TARGET_EXISTS',
      `${file} exists`,
      'Choose another directory, one for each disk, or remove what is there.',
    );
}

async function exists(file: string): Promise<boolean> {
  try {
    await lstat(file);
    return true;
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    if (code === 'ENOENT' || code === 'ENOTDIR') return false;
    throw new RefusedError('PATH_INVALID', `cannot look at ${file}: ${String(error)}`);
  }
}
