import type { Reader, Steps } from '@ploop/descriptor/internal';

import { viewOf } from '../bytes/fields.ts';
import { readBytes } from '../bytes/read-bytes.ts';
import { parseExt } from './ext.ts';
import { parseXfs } from './xfs.ts';

/** A sound copy of a superblock where the first one should be in front of it. */
export interface SuperblockCopy {
  readonly family: 'ext' | 'xfs';
  /** In bytes from the beginning of the disk. */
  readonly position: number;
  /** In blocks of the file system from its beginning. */
  readonly block: number;
  readonly blockSize: number;
}

const EXT_BYTES = 1024;
const GROUP_AT = 90;
/** Block groups that have a copy in every file system which has one at all. */
const EXT_GROUPS = [1, 3];
const EXT_BLOCK_SIZES = [1024, 2048, 4096];
/** By how many allocation groups mkfs divides a file system. */
const XFS_GROUPS = [4, 2, 8, 16, 32];
const XFS_SECTOR = 4096;
const AG_BLOCKS_AT = 84;

/** A copy of a superblock of ext2, ext3, ext4 or XFS in a place whose first superblock is not one. */
export function* superblockCopy(
  read: Reader,
  start: number,
  length: number,
): Steps<SuperblockCopy | undefined> {
  return (yield* extCopy(read, start, length)) ?? (yield* xfsCopy(read, start, length));
}

function* extCopy(read: Reader, start: number, length: number): Steps<SuperblockCopy | undefined> {
  for (const group of EXT_GROUPS)
    for (const blockSize of EXT_BLOCK_SIZES) {
      // A group has as many blocks as a block of its map has bits; blocks of 1 KiB count from 1.
      const block = group * 8 * blockSize + (blockSize === 1024 ? 1 : 0);
      const at = block * blockSize;
      if (at + EXT_BYTES > length) continue;
      const bytes = yield* readBytes(read, start + at, EXT_BYTES);
      if (bytes.length < EXT_BYTES || viewOf(bytes).getUint16(GROUP_AT, true) !== group) continue;
      const parsed = parseExt(bytes);
      if (typeof parsed !== 'object' || parsed.blockSize !== blockSize) continue;
      return { family: 'ext', position: start + at, block, blockSize };
    }
  return undefined;
}

function* xfsCopy(read: Reader, start: number, length: number): Steps<SuperblockCopy | undefined> {
  const blocks = Math.floor(length / XFS_SECTOR);
  for (const groups of XFS_GROUPS)
    for (const block of new Set([Math.ceil(blocks / groups), Math.floor(blocks / groups)])) {
      const at = block * XFS_SECTOR;
      if (block === 0 || at + XFS_SECTOR > length) continue;
      const bytes = yield* readBytes(read, start + at, XFS_SECTOR);
      const parsed = bytes.length < XFS_SECTOR ? undefined : parseXfs(bytes);
      if (typeof parsed !== 'object') continue;
      const { blockSize } = parsed;
      // The first allocation group ends where the copy is.
      if (viewOf(bytes).getUint32(AG_BLOCKS_AT) * blockSize !== at) continue;
      return { family: 'xfs', position: start + at, block: at / blockSize, blockSize };
    }
  return undefined;
}
