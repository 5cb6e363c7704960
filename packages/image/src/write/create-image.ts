import {
  diagnostic,
  DescriptorError,
  bytes,
  isClusterSize,
  sectors,
  SECTOR_SIZE,
  type Bytes,
  type Sectors,
} from '@ploop/descriptor';
import { requireCall } from '@ploop/descriptor/arguments';

import { IMAGE } from '../arguments.ts';
import type { ImageDescription } from '../formats/description.ts';
import { encodeHeader } from '../formats/ploop/encode-header.ts';
import { leastFirstBlock } from '../formats/ploop/layout.ts';

/** What image to make. */
export interface NewImageOptions {
  /** Format version. Version 1 is for disks below 2 TiB; releases 8 and 9 mount version 2 alone. */
  readonly version: 1 | 2;
  /** Virtual size; rounded up to a cluster. */
  readonly size: Sectors;
  /** Cluster size. Default: 2048 sectors, 1 MiB. */
  readonly blockSize?: Sectors;
}

/** An empty image: its first bytes, and how many there are in all; the rest are zeros. */
export interface NewImage {
  readonly version: 1 | 2;
  /** In whole clusters. */
  readonly size: Sectors;
  readonly blockSize: Sectors;
  /** The first 64 bytes. */
  readonly header: Uint8Array;
  /** Size of the file. */
  readonly fileBytes: Bytes;
}

const DEFAULT_BLOCK_SIZE = sectors(2048);
const MOST = 0xffff_ffff;

/**
 * An empty image, byte for byte as `ploop init -f expanded -t none` makes it (1.15; tested against it).
 *
 * @throws DescriptorError `IMAGE_IMPOSSIBLE` where the version has no image of that size or cluster size.
 */
export function createImage(options: NewImageOptions): NewImage {
  requireCall(IMAGE.createImage, [options]);
  const { version, size: wanted, blockSize = DEFAULT_BLOCK_SIZE } = options;
  const impossible = (reason: string): DescriptorError =>
    new DescriptorError([
      diagnostic('IMAGE_IMPOSSIBLE', { version, size: wanted, blockSize, reason }),
    ]);
  if (!isClusterSize(blockSize)) throw impossible('no release has such clusters');
  if (!Number.isSafeInteger(wanted) || wanted <= 0)
    throw impossible('the size is not a number of sectors');
  const size = wholeClusters(version, wanted, blockSize);
  // The header counts clusters in 32 bits, and the number of a cylinder has no more.
  const most = version === 1 ? MOST : MOST * blockSize;
  if (size > most || size > Number.MAX_SAFE_INTEGER / SECTOR_SIZE)
    throw impossible('it is too large');
  const clusters = size / blockSize;
  const header = encodeHeader({ version, blockSize, size, empty: true });
  return {
    version,
    size: sectors(size),
    blockSize,
    header,
    fileBytes: bytes(leastFirstBlock(clusters, blockSize) * SECTOR_SIZE),
  };
}

/** Up, but right below the limit of version 1 down, as the tool does. */
function wholeClusters(version: 1 | 2, size: number, blockSize: number): number {
  const up = Math.ceil(size / blockSize) * blockSize;
  return version === 1 && size <= MOST && up > MOST ? up - blockSize : up;
}

/** What the tool takes from a descriptor where the image below is raw. */
export interface NewDeltaOptions {
  /** Format version over a raw image. Default: 2, as every release makes it that can. */
  readonly version?: 1 | 2;
  /** Cluster size over a raw image. Default: 2048 sectors. */
  readonly blockSize?: Sectors;
}

/**
 * An empty delta for the image below it: of its version, cluster size and size, byte for byte as `ploop snapshot`
 * makes it. Over a disk that ends within a cluster it is rounded up: the tool rounds down, which cuts the end of the
 * disk off.
 *
 * @throws DescriptorError `IMAGE_UNSUPPORTED` over a qcow2 image, `HEADER_INVALID` over one that cannot be read.
 */
export function createDelta(
  below: ImageDescription,
  file: string,
  options: NewDeltaOptions = {},
): NewImage {
  requireCall(IMAGE.createDelta, [below, file, options]);
  const { version = 2, blockSize = DEFAULT_BLOCK_SIZE } = options;
  if (below.format === 'qcow2')
    throw new DescriptorError([diagnostic('IMAGE_UNSUPPORTED', { file, format: 'qcow2' })]);
  if (below.format === 'raw') return createImage({ version, size: below.size, blockSize });
  if (below.layout === undefined || below.size === undefined)
    throw new DescriptorError([
      diagnostic('HEADER_INVALID', { file, field: 'size', value: String(below.statedSize) }),
    ]);
  return createImage({ version: below.version, size: below.size, blockSize: below.blockSize });
}
