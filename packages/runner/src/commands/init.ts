import { basename, dirname, join } from 'node:path';

import type { Bytes } from '@ploop/descriptor';
import { aNumber } from '@ploop/descriptor/arguments';
import type { Releases } from '@ploop/descriptor/releases';
import { DESCRIPTOR_NAME } from '@ploop/descriptor/releases';

import { requireOption } from '../arguments/require.ts';
import { choice, optionalChoice } from '../argv/choices.ts';
import { clusterSectors, size, wholeNumber } from '../argv/numbers.ts';
import { flag, option } from '../argv/options.ts';
import { path } from '../argv/paths.ts';
import { optionalText } from '../argv/texts.ts';
import { nothing, type Command, type ReleaseNeed } from '../command.ts';
import { diskMade, fileMade } from '../effect/made.ts';
import { RefusedError } from '../errors/errors.ts';
import { refuseExisting } from '../guards/guards.ts';
import { beyondVersion1, DEFAULT_CLUSTER, isBeyondVersion1 } from './shared/sizing.ts';

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
  /** Passed on explicitly: releases 8 and 9 have another default than earlier ones. xfs: 8.0.61 and later. */
  readonly fileSystem: FileSystem;
  /** The block size of the file system: 1, 2 or 4 KiB. Default 4 KiB. */
  readonly fileSystemBlockSize?: Bytes | undefined;
  /** Writes the inode tables and the journal now instead of when the disk is mounted (1.14 and later). */
  readonly eager?: boolean | undefined;
  /** Of the file system (7.0.88 and later). */
  readonly label?: string | undefined;
  /** The id of an encryption key (7.0.43 and later). */
  readonly keyId?: string | undefined;
  /** Leaves the file without space of its own (7.0.121 and later). */
  readonly sparse?: boolean | undefined;
  /** Makes the file system on the whole disk (7.0.198, 8.0.15). */
  readonly withoutPartition?: boolean | undefined;
  /** What the image is (8.0.71 and later). Default `ploop`. */
  readonly imageType?: 'ploop' | 'qcow2' | undefined;
}

/** Bytes that a delta's name has more than its base image's: a dot and a GUID. Names end at 255 bytes. */
const LONGEST_NAME = 255 - 39;

/** Release 9 makes xfs where it is asked for ext3. */
const FILE_SYSTEMS: Readonly<Record<FileSystem, Releases | undefined>> = {
  none: undefined,
  ext3: [{ since: '1', before: '9' }],
  ext4: undefined,
  xfs: [{ since: '8.0.61' }],
};
const FILE_SYSTEM_NAMES = ['none', 'ext3', 'ext4', 'xfs'] as const;
/** Without a driver too. */
const ALWAYS_VERSION_2: Releases = [{ since: '8' }];

/**
 * `ploop init`: a new disk. Exit codes: 1 no such directory, 2 no driver, 12 parted, 17 and 38 the descriptor exists, 24
 * mkfs, 38 parameters. Cancelled, it removes what it made.
 *
 * Refused: an image or a descriptor that exists, as releases before 7.0.95 delete an image they find; a disk of version 1
 * beyond 2 TiB, of which the tool makes a smaller one; a key without a file system, which the tool does not store.
 */
export const init: Command<InitInput, void> = {
  name: 'init',
  verbosity: 0,
  mutates: true,
  disk: ({ path: image }) => join(dirname(image), DESCRIPTOR_NAME),
  argv: (input) => [
    '-s',
    sizeOf(input),
    ...option('-f', optionalChoice(input.format, ['expanded', 'preallocated', 'raw'])),
    ...option('-b', clusterSectors(input.clusterSize)),
    ...option('-v', input.version === undefined ? undefined : wholeNumber(input.version, 1, 2)),
    ...option('-B', fileSystemBlock(input.fileSystemBlockSize)),
    ...flag('--nolazy', input.eager),
    ...option('-L', optionalText(input.label)),
    ...option('-k', keyOf(input)),
    ...flag('-S', input.sparse),
    ...flag('-P', input.withoutPartition),
    ...option('-T', optionalChoice(input.imageType, ['ploop', 'qcow2'])),
    '-t',
    choice(input.fileSystem, FILE_SYSTEM_NAMES),
    newImagePath(path(input.path)),
  ],
  needs: (input) => [...versionNeeded(input), ...fileSystemNeeded(input)],
  guard: async ({ path: image }, context) => {
    await refuseExisting(image, context);
    await refuseExisting(join(dirname(image), DESCRIPTOR_NAME), context);
  },
  effect: (input) => (input.imageType === 'qcow2' ? fileMade(input.path) : diskMade(input)),
  parse: nothing,
};

/** The key of a new disk; without a file system the tool exits with 0, and the disk has none. */
export function keyOf({
  keyId,
  fileSystem,
}: {
  readonly keyId?: string | undefined;
  readonly fileSystem?: string | undefined;
}): string | undefined {
  const key = optionalText(keyId);
  if (key !== undefined && fileSystem === 'none')
    throw new RefusedError(
      'RELEASE_UNFIT',
      'no release stores the key of a disk that it makes no file system on',
      'Make a file system, or encrypt the disk afterwards.',
    );
  return key;
}

function sizeOf(input: InitInput): string {
  const sectors = size(input.size);
  if (input.version === 1 && isTooLarge(input)) throw tooLarge(input);
  return sectors;
}

/** If no version is given, the size must be one that the default version of the release can hold. */
function versionNeeded(input: InitInput): readonly ReleaseNeed[] {
  if (input.version !== undefined || !isTooLarge(input)) return [];
  return [{ releases: ALWAYS_VERSION_2, certain: true, refusal: () => tooLarge(input) }];
}

function isTooLarge({ size: wanted, clusterSize = DEFAULT_CLUSTER }: InitInput): boolean {
  return isBeyondVersion1(wanted, clusterSize);
}

function tooLarge({ size: wanted }: InitInput): RefusedError {
  return beyondVersion1(
    wanted,
    'Ask for version 2: with version 1 the tool makes a smaller disk and exits with 0.',
  );
}

function fileSystemNeeded({ fileSystem }: InitInput): readonly ReleaseNeed[] {
  const releases = FILE_SYSTEMS[fileSystem];
  const refusal = (): RefusedError =>
    new RefusedError('NOT_IN_RELEASE', `this release does not make ${fileSystem}`);
  return releases === undefined ? [] : [{ releases, refusal }];
}

/** In bytes, unlike every other size. */
function fileSystemBlock(blockSize: Bytes | undefined): string | undefined {
  if (blockSize === undefined) return undefined;
  requireOption('fileSystemBlockSize', blockSize, aNumber);
  return choice(String(blockSize), ['1024', '2048', '4096']);
}

/** The tool would overwrite or remove an image that has the name of one of its own files. */
function newImagePath(file: string): string {
  const name = basename(file);
  const refuse = (why: string): never => {
    throw new RefusedError(
      'PATH_INVALID',
      `an image cannot be named ${JSON.stringify(name)}: ${why}`,
    );
  };
  if (name.startsWith(DESCRIPTOR_NAME) || name === '.statfs')
    return refuse('the tool keeps a file of its own there');
  if (Buffer.byteLength(name) > LONGEST_NAME)
    return refuse('with the GUID of a snapshot it would be longer than 255 bytes');
  return file;
}
