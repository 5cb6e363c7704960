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

/** The XFS superblock at the beginning of the bytes: what it says, what cannot be, or `undefined` where it is none. */
export function parseXfs(start: Uint8Array): DescribedFileSystem | SuperblockFlaw | undefined {
  const view = viewOf(start);
  if (start.length < SIZES.least || view.getUint32(0) !== MAGIC) return undefined;
  const [blockSize, sectorSize] = [view.getUint32(4), view.getUint16(102)];
  if (!isSize(blockSize) || !isSize(sectorSize) || sectorSize > start.length) return 'block size';
  const hasChecksum = (view.getUint16(100) & 0xf) === VERSION_WITH_CHECKSUM;
  // The one little-endian field.
  const stored = view.getUint32(CHECKSUM_AT, true);
  const sector = start.subarray(0, sectorSize);
  if (hasChecksum && crc32c(blanked(sector, CHECKSUM_AT, CHECKSUM_AT + 4)) !== stored)
    return 'checksum';

  const blocks = exactly(view.getBigUint64(8));
  const freeBlocks = exactly(view.getBigUint64(144));
  const [inodes, freeInodes] = [exactly(view.getBigUint64(128)), exactly(view.getBigUint64(136))];
  if (blocks === undefined || blocks === 0 || !Number.isSafeInteger(blocks * blockSize))
    return 'blocks';
  if (freeBlocks === undefined || freeBlocks > blocks) return 'free blocks';
  if (inodes === undefined || freeInodes === undefined || freeInodes > inodes) return 'free inodes';
  return {
    type: 'xfs',
    label: fixedText(start.subarray(108, 120)),
    uuid: uuidOf(start.subarray(32, 48)),
    blockSize: bytes(blockSize),
    blocks,
    freeBlocks,
    inodes,
    freeInodes,
    clean: undefined,
  };
}

function isSize(size: number): boolean {
  return size >= SIZES.least && size <= SIZES.most && (size & (size - 1)) === 0;
}
