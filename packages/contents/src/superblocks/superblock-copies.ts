import type { Reader, Steps } from '@ploop/descriptor/internal';

import { viewOf } from '../bytes/fields.ts';
import { readBytes } from '../bytes/read-bytes.ts';
import { parseExt } from './ext.ts';
import { extPlaces, xfsPlaces } from './superblock-places.ts';
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
const EXT_AT = { firstBlock: 20, groupBlocks: 32, group: 90 };
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
  for (const { group, blockSize, block } of extPlaces(length)) {
    const at = block * blockSize;
    const bytes = yield* readBytes(read, start + at, EXT_BYTES);
    if (bytes.length < EXT_BYTES || viewOf(bytes).getUint16(EXT_AT.group, true) !== group) continue;
    const parsed = parseExt(bytes);
    if (typeof parsed !== 'object' || parsed.blockSize !== blockSize) continue;
    if (firstBlockOf(bytes, group) === block)
      return { family: 'ext', position: start + at, block, blockSize };
  }
  return undefined;
}

/** Where a block group begins, by a superblock. */
function firstBlockOf(superblock: Uint8Array, group: number): number {
  const view = viewOf(superblock);
  const [first, blocks] = [EXT_AT.firstBlock, EXT_AT.groupBlocks];
  return view.getUint32(first, true) + group * view.getUint32(blocks, true);
}

function* xfsCopy(read: Reader, start: number, length: number): Steps<SuperblockCopy | undefined> {
  for (const at of xfsPlaces(length)) {
    const bytes = yield* readBytes(read, start + at, XFS_SECTOR);
    const parsed = bytes.length < XFS_SECTOR ? undefined : parseXfs(bytes);
    if (typeof parsed !== 'object') continue;
    const { blockSize } = parsed;
    const group = viewOf(bytes).getUint32(AG_BLOCKS_AT) * blockSize;
    // Every allocation group begins with a copy.
    if (group === 0 || at % group !== 0) continue;
    return { family: 'xfs', position: start + at, block: at / blockSize, blockSize };
  }
  return undefined;
}
