import { basename, dirname, join } from 'node:path';

import { isClusterSize, toSectors, type Bytes } from '@ploop/descriptor';

import { option, path, size } from '../argv.ts';
import { nothing, type Command } from '../command.ts';
import { RefusedError } from '../errors.ts';
import type { Look } from '../files.ts';

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
  readonly format?: ImageFormat | undefined;
  readonly clusterSize?: Bytes | undefined;
  /** Format version. The tool's default is 2 with release 9 or a driver for large disks, else 1. */
  readonly version?: 1 | 2 | undefined;
  /** Passed on explicitly: releases 8 and 9 have another default than earlier ones. */
  readonly fileSystem: FileSystem;
}

/** Sectors that a version 1 image can have. Without a file system the tool does not check, and wraps around. */
const VERSION_1_SECTORS = 2 ** 32 - 1;
const DEFAULT_CLUSTER_SECTORS = 2048;

/** Bytes that a delta's name has more than its base image's: a dot and a GUID. Names end at 255 bytes. */
const LONGEST_NAME = 255 - 39;

/**
 * `ploop init`: a new disk. Exit codes: 1 no such directory, 2 no driver, 12 parted, 24 mkfs, 38 parameters.
 * Refused where the image or the descriptor exists: releases before 7.0.95 delete an image they find.
 */
export const init: Command<InitInput, void> = {
  name: 'init',
  verbosity: 0,
  mutates: true,
  disk: ({ path: image }) => join(dirname(image), 'DiskDescriptor.xml'),
  argv: (input) => [
    '-s',
    size(limited(input)),
    ...option('-f', input.format),
    ...option('-b', clusterSectors(input.clusterSize)),
    ...option('-v', input.version?.toString()),
    '-t',
    input.fileSystem,
    path(imagePath(input.path)),
  ],
  guard: async ({ path: image }, { look }) => {
    await refuseExisting(image, look);
    await refuseExisting(join(dirname(image), 'DiskDescriptor.xml'), look);
  },
  parse: nothing,
};

function limited({ size: bytes, version, clusterSize }: InitInput): Bytes {
  const cluster = (clusterSize && toSectors(clusterSize)) ?? DEFAULT_CLUSTER_SECTORS;
  const most = VERSION_1_SECTORS - (VERSION_1_SECTORS % cluster);
  if (version !== 2 && (toSectors(bytes) ?? 0) > most)
    throw new RefusedError(
      'SIZE_INVALID',
      `${String(bytes)} bytes are more than an image of format version 1 can hold`,
      'Ask for version 2: with version 1 the tool makes a smaller disk and exits with 0.',
    );
  return bytes;
}

/** The tool would overwrite or remove an image that has the name of one of its own files. */
function imagePath(file: string): string {
  const name = basename(file);
  const refuse = (why: string): never => {
    throw new RefusedError(
      'PATH_INVALID',
      `an image cannot be named ${JSON.stringify(name)}: ${why}`,
    );
  };
  if (name.startsWith('DiskDescriptor.xml') || name === '.statfs')
    return refuse('the tool keeps a file of its own there');
  if (Buffer.byteLength(name) > LONGEST_NAME)
    return refuse('with the GUID of a snapshot it would be longer than 255 bytes');
  return file;
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

async function refuseExisting(file: string, look: Look): Promise<void> {
  if ((await look(file)) !== 'missing')
    throw new RefusedError(
      'TARGET_EXISTS',
      `${file} exists`,
      'Choose another directory, one for each disk, or remove what is there.',
    );
}
