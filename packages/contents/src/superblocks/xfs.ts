import { bytes } from '@ploop/descriptor';

import { blanked, crc32c } from '../bytes/crc.ts';
import { exactly, fixedText, uuidOf, viewOf } from '../bytes/fields.ts';
import type { DescribedFileSystem, SuperblockFlaw } from './file-system.ts';

const MAGIC = 0x58465342;
const CHECKSUM_AT = 224;
const VERSION_WITH_CHECKSUM = 5;
const SIZES = { least: 512, most: 65536 };

/** The most bytes of an XFS superblock: one sector. */
export const XFS_BYTES = 32768;

/** The XFS superblock at the start of the bytes, its first invalid field, or `undefined` if it is not XFS. */
export function parseXfs(start: Uint8Array): DescribedFileSystem | SuperblockFlaw | undefined {
  if (!isXfs(start)) return undefined;
  const facts = xfsFacts(start);
  return typeof facts === 'string' ? facts : (xfsFlaw(start, facts) ?? facts);
}

/** Whether bytes have the signature of an XFS superblock. */
export function isXfs(start: Uint8Array): boolean {
  return start.length >= SIZES.least && viewOf(start).getUint32(0) === MAGIC;
}

/** What an XFS superblock states, or its first field that does not let it be read. */
export function xfsFacts(start: Uint8Array): DescribedFileSystem | SuperblockFlaw {
  const view = viewOf(start);
  const [blockSize, sectorSize] = [view.getUint32(4), view.getUint16(102)];
  if (!isSize(blockSize) || !isSize(sectorSize) || sectorSize > start.length) return 'block size';
  const blocks = exactly(view.getBigUint64(8));
  if (blocks === undefined || blocks === 0 || !Number.isSafeInteger(blocks * blockSize))
    return 'blocks';
  return {
    type: 'xfs',
    label: fixedText(start.subarray(108, 120)),
    uuid: uuidOf(start.subarray(32, 48)),
    blockSize: bytes(blockSize),
    blocks,
    freeBlocks: Number(view.getBigUint64(144)),
    inodes: Number(view.getBigUint64(128)),
    freeInodes: Number(view.getBigUint64(136)),
    clean: undefined,
  };
}

/** The first field of an XFS superblock that cannot be as it is, and that reading files does not need. */
export function xfsFlaw(
  start: Uint8Array,
  { blocks, freeBlocks, inodes, freeInodes }: DescribedFileSystem,
): SuperblockFlaw | undefined {
  const view = viewOf(start);
  const hasChecksum = (view.getUint16(100) & 0xf) === VERSION_WITH_CHECKSUM;
  const sector = start.subarray(0, view.getUint16(102));
  // The one little-endian field.
  const stored = view.getUint32(CHECKSUM_AT, true);
  if (hasChecksum && crc32c(blanked(sector, CHECKSUM_AT, CHECKSUM_AT + 4)) !== stored)
    return 'checksum';
  if (freeBlocks > blocks) return 'free blocks';
  return !Number.isSafeInteger(inodes) || freeInodes > inodes ? 'free inodes' : undefined;
}

function isSize(size: number): boolean {
  return size >= SIZES.least && size <= SIZES.most && (size & (size - 1)) === 0;
}
