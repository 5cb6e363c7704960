import { join } from 'node:path';

import { bytes, DescriptorError, diagnostic, SECTOR_SIZE, toBytes } from '@ploop/descriptor';
import { runAsync, runSync, type Steps } from '@ploop/descriptor/internal';
import { DESCRIPTOR_NAME, type ConfineOptions } from '@ploop/descriptor/node';
import {
  confinementOf,
  isGone,
  leadsOutside,
  readable,
  realPath,
  status,
} from '@ploop/descriptor/node/internal';
import type { Qcow2Description } from '@ploop/image';
import { descriptionAt, headerFileAt } from '@ploop/offline/internal';

import { requireArguments } from '../arguments/require.ts';
import type { Roots } from '../io/roots.ts';
import { sourceAt } from '../state/source-at.ts';
import type { ImageInfo } from '../values/image-parameters.ts';
import { imageInfoOf } from './image-info.ts';

/** How the parameters are looked for. */
export interface ReadImageInfoOptions extends ConfineOptions {
  /** Where the kernel's files are. Default: `/sys`, `/proc`, `/dev` and `/run`. */
  readonly roots?: Partial<Roots> | undefined;
}

/**
 * The parameters of whatever `ploop info -s` takes, in any release: of a disk, by its descriptor or directory, what
 * `imageInfo` of the disk returns; of a qcow2 image, which releases 8 and 9 take without a descriptor, by itself or in a
 * directory as `root.hdd`, what is in its header, with version 0 as they say it. Besides, of a ploop image that is named
 * itself, which every release refuses, what is in its header.
 *
 * @param path - A file whose name ends in `.xml` is a descriptor, as it is for the tool.
 * @throws DescriptorError as `openDisk`; `FILE_UNREADABLE`; `HEADER_INVALID` for any other file: nothing shows the
 * cluster size of a bare disk without descriptor, and release 9 crashes over one.
 * @throws RefusedError `OPTION_INVALID` for an argument or an option of the wrong type.
 */
export function readImageInfo(path: string, options?: ReadImageInfoOptions): Promise<ImageInfo> {
  return runAsync(infoAt(path, options));
}

/** {@link readImageInfo}, blocking. */
export function readImageInfoSync(path: string, options?: ReadImageInfoOptions): ImageInfo {
  return runSync(infoAt(path, options));
}

function* infoAt(path: string, options: ReadImageInfoOptions = {}): Steps<ImageInfo> {
  requireArguments('readImageInfo', [path, options]);
  const { roots, confine } = options;
  const image = yield* imageAt(path);
  if (image !== undefined && image !== path) yield* refuseLinkOutside(path, image, { confine });
  if (image === undefined)
    return yield* imageInfoOf(yield* sourceAt(path, { roots, confine, cache: false }));
  const { description } = yield* descriptionAt(image);
  if (description.format === 'qcow2') return qcow2Info(image, description);
  const { header, mark } = yield* headerFileAt(image);
  const { size, statedSize, blockSize, version } = header;
  return {
    size: toBytes(size),
    statedSize: toBytes(statedSize),
    clusterSize: toBytes(blockSize),
    version,
    mark,
    differences: [],
  };
}

/** What release 9 looks for in a directory without descriptor. */
const IMAGE_NAME = 'root.hdd';

/** The image that a path means; `undefined` where it means a descriptor. */
function* imageAt(path: string): Steps<string | undefined> {
  if ((yield* readable(path, status(path))).isDirectory()) {
    if (yield* mayBeThere(join(path, DESCRIPTOR_NAME))) return undefined;
    const image = join(path, IMAGE_NAME);
    return (yield* mayBeThere(image)) ? image : undefined;
  }
  const isDescriptor =
    path.endsWith('.xml') || (yield* readable(path, realPath(path))).endsWith('.xml');
  return isDescriptor ? undefined : path;
}

/** The image was found in a directory, and is not the caller's choice. */
function* refuseLinkOutside(directory: string, file: string, options: ConfineOptions): Steps<void> {
  const confinement = yield* confinementOf(
    yield* readable(directory, realPath(directory)),
    options,
  );
  const { within } = confinement;
  if (within !== undefined && (yield* leadsOutside(file, confinement)))
    throw new DescriptorError([diagnostic('LINK_OUTSIDE', { file, within })]);
}

/** Treat paths that cannot be stat'ed as present; opening them reports why. */
function* mayBeThere(path: string): Steps<boolean> {
  try {
    yield* status(path);
    return true;
  } catch (cause) {
    return !isGone(cause);
  }
}

/** QEMU opens no others. */
const VERSIONS: ReadonlySet<number> = new Set([2, 3]);
const CLUSTER_BITS = { least: 9, most: 21 };

function qcow2Info(file: string, { version, clusterBits, size }: Qcow2Description): ImageInfo {
  const invalid = (field: 'type' | 'cluster size', value: string): DescriptorError =>
    new DescriptorError([diagnostic('HEADER_INVALID', { file, field, value })]);
  if (!VERSIONS.has(version)) throw invalid('type', `qcow2 version ${String(version)}`);
  if (clusterBits < CLUSTER_BITS.least || clusterBits > CLUSTER_BITS.most)
    throw invalid('cluster size', `2^${String(clusterBits)} bytes`);
  const sectors = size / BigInt(SECTOR_SIZE);
  if (size > Number.MAX_SAFE_INTEGER)
    throw new DescriptorError([
      diagnostic('HEADER_SIZE_INEXACT', { file, sectors: String(sectors) }),
    ]);
  const wholeSize = bytes(Number(sectors) * SECTOR_SIZE);
  return {
    size: wholeSize,
    statedSize: wholeSize,
    clusterSize: bytes(2 ** clusterBits),
    version: 0,
    mark: undefined,
    differences: [],
  };
}
