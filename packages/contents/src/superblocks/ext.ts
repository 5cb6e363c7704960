import { bytes } from '@ploop/descriptor';

import { CRC_START, updateCrc32c } from '../bytes/crc.ts';
import { fixedText, uuidOf, viewOf } from '../bytes/fields.ts';
import type { DescribedFileSystem, SuperblockFlaw } from './file-system.ts';

/** Where the superblock of ext2, ext3 and ext4 is. */
export const EXT_AT = 1024;
const MAGIC = 0xef53;
const CHECKSUM_AT = 0x3fc;
const LARGEST_BLOCK_LOG = 6;

const HAS_JOURNAL = 0x4;
const INCOMPAT = { recover: 0x4, journalDevice: 0x8, bits64: 0x80 };
/** What a kernel without ext4 knows; anything else makes it ext4. */
const OLD_INCOMPAT = 0x2 | INCOMPAT.recover | 0x10;
const OLD_RO_COMPAT = 0x7;
const METADATA_CHECKSUM = 0x400;
const STATE_CLEAN = 0x1;

/** The ext superblock in 1024 bytes, its first field that cannot be, or `undefined` if it is not one. */
export function parseExt(block: Uint8Array): DescribedFileSystem | SuperblockFlaw | undefined {
  const facts = extFacts(block);
  if (facts === undefined) return undefined;
  return extFlaw(block, facts) ?? facts;
}

/** What 1024 bytes state as an ext superblock, right or wrong; `undefined` if they are not one. */
export function extFacts(block: Uint8Array): DescribedFileSystem | undefined {
  const view = viewOf(block);
  const u32 = (at: number): number => view.getUint32(at, true);
  if (view.getUint16(56, true) !== MAGIC) return undefined;
  const [compat, incompat, roCompat] = [u32(92), u32(96), u32(100)];
  if ((incompat & INCOMPAT.journalDevice) !== 0) return undefined;

  const wide = (low: number, high: number): number =>
    u32(low) + ((incompat & INCOMPAT.bits64) === 0 ? 0 : u32(high) * 2 ** 32);
  return {
    type: typeOf(compat, incompat, roCompat),
    label: fixedText(block.subarray(120, 136)),
    uuid: uuidOf(block.subarray(104, 120)),
    blockSize: bytes(1024 * 2 ** u32(24)),
    blocks: wide(4, 336),
    freeBlocks: wide(12, 344),
    inodes: u32(0),
    freeInodes: u32(16),
    clean: (view.getUint16(58, true) & STATE_CLEAN) !== 0 && (incompat & INCOMPAT.recover) === 0,
  };
}

/** The first field of an ext superblock that cannot be as it is. */
export function extFlaw(block: Uint8Array, facts: DescribedFileSystem): SuperblockFlaw | undefined {
  const view = viewOf(block);
  const u32 = (at: number): number => view.getUint32(at, true);
  if (u32(24) > LARGEST_BLOCK_LOG) return 'block size';
  const { blocks, blockSize } = facts;
  if (hasChecksum(u32(100)) && u32(CHECKSUM_AT) !== checksumOf(block)) return 'checksum';
  if (!Number.isSafeInteger(blocks * blockSize) || blocks <= u32(20)) return 'blocks';
  if (facts.freeBlocks > blocks) return 'free blocks';
  if (facts.freeInodes > facts.inodes) return 'free inodes';
  return undefined;
}

function hasChecksum(roCompat: number): boolean {
  return (roCompat & METADATA_CHECKSUM) !== 0;
}

function checksumOf(block: Uint8Array): number {
  return updateCrc32c(CRC_START, block.subarray(0, CHECKSUM_AT));
}

function typeOf(compat: number, incompat: number, roCompat: number): DescribedFileSystem['type'] {
  if ((incompat & ~OLD_INCOMPAT) !== 0 || (roCompat & ~OLD_RO_COMPAT) !== 0) return 'ext4';
  return (compat & HAS_JOURNAL) === 0 ? 'ext2' : 'ext3';
}
