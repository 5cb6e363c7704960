import type { Steps } from '@ploop/descriptor/internal';

import { failure } from '../../../findings/findings.ts';
import { FLAG } from '../layout/flags.ts';
import { placeIn, type Inode } from '../layout/inode.ts';
import type { Superblock } from '../layout/superblock.ts';

const IN_INODE = 60;
/** Linux takes no longer target. */
const LONGEST = 4096;

/** The target of a symlink; `readBytes` is for one that has a block. */
export function* targetOf(
  inode: Inode,
  superblock: Superblock,
  readBytes: (inode: Inode, length: number) => Steps<Uint8Array>,
): Steps<Uint8Array> {
  const { size } = inode.stat;
  if (size === 0 || size > LONGEST)
    throw failure('INODE_DAMAGED', {
      ...{ inode: inode.stat.inode, field: 'size of the symlink' },
      position: undefined,
    });
  const bytes = isFast(inode, superblock)
    ? placeIn(inode).slice(0, size)
    : yield* readBytes(inode, size);
  const end = bytes.indexOf(0);
  return end < 0 ? bytes : bytes.subarray(0, end);
}

/** Whether the inode itself holds the target: short ones, unless blocks are counted that are not for attributes. */
function isFast({ stat, flags, xattrBlock }: Inode, superblock: Superblock): boolean {
  if (stat.size >= IN_INODE || (flags & (FLAG.extents | FLAG.inlineData)) !== 0) return false;
  const { features, blockSize, clusterBlocks } = superblock;
  const ofXattrs = xattrBlock === 0 ? 0 : (blockSize * clusterBlocks) / 512;
  return features.eaInode || stat.blocks === ofXattrs;
}
