import {
  diagnostic,
  type Diagnostic,
  bytes as toByteCount,
  isClusterSize,
  SECTOR_SIZE,
  sectors,
  toBytes,
  type Bytes,
} from '@ploop/descriptor';
import { HEADER_BYTES, sizeIn, markIn } from '@ploop/descriptor/internal';

import {
  BAT_START,
  batEnd,
  leastFirstBlock,
  MOST_CLUSTER_SECTORS,
  type ImageLayout,
} from './layout.ts';
import type { DescribedPloop, ImageFlags, PloopDescription } from './ploop-description.ts';

const DISK_TYPE = 2;
const EMPTY = 1;
const CHANGING_VERSION = 2;

/** The fields of a header from the first 64 bytes of a file of that version, and what is wrong with them. */
export function parsePloopHeader(
  bytes: Uint8Array,
  version: 1 | 2,
  { file, bytes: fileBytes }: { readonly file: string; readonly bytes: Bytes },
): DescribedPloop {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const word = (offset: number): number => view.getUint32(offset, true);
  const statedSize = view.getBigUint64(36, true);
  const blockSize = word(28);
  const size = virtualSize(version, statedSize, blockSize);
  const fields: PloopDescription = {
    format: 'ploop',
    version,
    type: word(16),
    heads: word(20),
    cylinders: word(24),
    blockSize: sectors(blockSize),
    statedClusters: word(32),
    statedSize,
    ...(size === undefined ? {} : { size: sectors(size) }),
    mark: markIn(bytes),
    firstBlock: sectors(word(48)),
    flags: flagsOf(word(52)),
    extensionOffset: view.getBigUint64(56, true),
    fileBytes,
  };
  const fault = faultOf(fields, file);
  if (fault !== undefined) return { description: fields, diagnostics: [fault] };
  return { description: { ...fields, layout: layoutOf(fields) }, diagnostics: [] };
}

function virtualSize(version: 1 | 2, stated: bigint, blockSize: number): number | undefined {
  const size = sizeIn(version, stated);
  if (blockSize === 0 || size > Number.MAX_SAFE_INTEGER / SECTOR_SIZE) return undefined;
  return Number(size);
}

/**
 * How many entries of the BAT count. The tool takes the count from the size, QEMU from the field of the header: for a
 * last cluster that is not whole there is an entry only if the field says so.
 */
function entriesOf(size: number, blockSize: number, statedClusters: number): number {
  const clusters = Math.ceil(size / blockSize);
  const isCovered = size % blockSize === 0 || statedClusters >= clusters;
  return isCovered ? clusters : clusters - 1;
}

function flagsOf(value: number): ImageFlags {
  return {
    value,
    empty: (value & EMPTY) !== 0,
    changingVersion: (value & CHANGING_VERSION) !== 0,
    unknown: (value & ~(EMPTY | CHANGING_VERSION)) >>> 0,
  };
}

/** Why the data of an image cannot be read. */
function faultOf(description: PloopDescription, file: string): Diagnostic | undefined {
  const { type, blockSize, statedSize, statedClusters, size, firstBlock, fileBytes } = description;
  const tooShort = (): Diagnostic => diagnostic('HEADER_TOO_SHORT', { file, bytes: fileBytes });
  const invalid = (field: HeaderField, value: number | bigint): Diagnostic =>
    diagnostic('HEADER_INVALID', { file, field, value: String(value) });
  // The tool reads no shorter file. Others write headers, and files, that it does not take.
  const isForeign = !isClusterSize(blockSize) || firstBlock === 0 || firstBlock % blockSize !== 0;
  if (fileBytes < (isForeign ? BAT_START : HEADER_BYTES)) return tooShort();
  if (type !== DISK_TYPE) return invalid('type', type);
  if (blockSize === 0 || blockSize > MOST_CLUSTER_SECTORS)
    return invalid('cluster size', blockSize);
  // An entry of the BAT has 32 bits: no image has more clusters.
  if (size === undefined || size / blockSize > 0xffff_ffff) return invalid('size', statedSize);
  // A damaged field must not make an image of the tool read as another one: the others have to agree with it.
  if (isForeign && statedClusters !== Math.ceil(size / blockSize))
    return isClusterSize(blockSize)
      ? invalid('first block offset', firstBlock)
      : invalid('cluster size', blockSize);
  const clusters = entriesOf(size, blockSize, statedClusters);
  if (!canBegin(description, clusters)) return invalid('first block offset', firstBlock);
  return fileBytes < batEnd(clusters) ? tooShort() : undefined;
}

/**
 * Whether data can begin where the header says. Version 1 allows any sector after the BAT, and 0 for the first of them;
 * version 2 the beginning of a cluster.
 */
function canBegin({ version, firstBlock, blockSize }: PloopDescription, clusters: number): boolean {
  if (version === 2)
    return firstBlock % blockSize === 0 && firstBlock >= leastFirstBlock(clusters, blockSize);
  return firstBlock === 0 || firstBlock >= leastFirstBlock(clusters, 1);
}

type HeaderField = 'type' | 'cluster size' | 'size' | 'first block offset';

function layoutOf({
  version,
  blockSize,
  statedClusters,
  size = sectors(0),
  firstBlock,
  fileBytes,
}: PloopDescription): ImageLayout {
  const clusterBytes = toBytes(blockSize);
  const clusters = entriesOf(size, blockSize, statedClusters);
  const grid = firstBlock === 0 ? {} : { grid: toByteCount(toBytes(firstBlock) % clusterBytes) };
  const behindBat = leastFirstBlock(Math.max(clusters, statedClusters), 1);
  return {
    version,
    clusterBytes,
    size: toBytes(size),
    clusters,
    entryBytes: version === 1 ? toByteCount(SECTOR_SIZE) : clusterBytes,
    dataStart: toBytes(firstBlock === 0 ? sectors(behindBat) : firstBlock),
    ...grid,
    fileBytes,
  };
}
