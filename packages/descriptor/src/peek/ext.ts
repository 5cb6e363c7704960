import { bytes } from '../units.ts';
import { crc32c } from './crc.ts';
import { fixedText, uuidOf, viewOf } from './fields.ts';
import type { FileSystem, SuperblockFlaw } from './file-system.ts';

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

/** The ext superblock in 1024 bytes: what it says, what cannot be, or `undefined` where it is none. */
export function parseExt(block: Uint8Array): FileSystem | SuperblockFlaw | undefined {
  const view = viewOf(block);
  const u32 = (at: number): number => view.getUint32(at, true);
  if (view.getUint16(56, true) !== MAGIC) return undefined;
  const [compat, incompat, roCompat] = [u32(92), u32(96), u32(100)];
  if ((incompat & INCOMPAT.journalDevice) !== 0) return undefined;
  if (u32(24) > LARGEST_BLOCK_LOG) return 'block size';
  const hasChecksum = (roCompat & METADATA_CHECKSUM) !== 0;
  // Without the final inversion that others apply.
  const checksum = ~crc32c(block.subarray(0, CHECKSUM_AT)) >>> 0;
  if (hasChecksum && u32(CHECKSUM_AT) !== checksum) return 'checksum';

  const wide = (low: number, high: number): number =>
    u32(low) + ((incompat & INCOMPAT.bits64) === 0 ? 0 : u32(high) * 2 ** 32);
  const [blocks, freeBlocks] = [wide(4, 336), wide(12, 344)];
  const [inodes, freeInodes] = [u32(0), u32(16)];
  if (!Number.isSafeInteger(blocks * 1024 * 2 ** u32(24)) || blocks <= u32(20)) return 'blocks';
  if (freeBlocks > blocks) return 'free blocks';
  if (freeInodes > inodes) return 'free inodes';
  return {
    type: typeOf(compat, incompat, roCompat),
    label: fixedText(block.subarray(120, 136)),
    uuid: uuidOf(block.subarray(104, 120)),
    blockSize: bytes(1024 * 2 ** u32(24)),
    blocks,
    freeBlocks,
    inodes,
    freeInodes,
    clean: (view.getUint16(58, true) & STATE_CLEAN) !== 0 && (incompat & INCOMPAT.recover) === 0,
  };
}

function typeOf(compat: number, incompat: number, roCompat: number): FileSystem['type'] {
  if ((incompat & ~OLD_INCOMPAT) !== 0 || (roCompat & ~OLD_RO_COMPAT) !== 0) return 'ext4';
  return (compat & HAS_JOURNAL) === 0 ? 'ext2' : 'ext3';
}
