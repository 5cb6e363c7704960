import type { Steps } from '@ploop/descriptor/internal';

import { failure } from '../../../findings/findings.ts';
import type { Run } from '../../../tree/tree.ts';
import type { InlineData } from '../attributes/inline-data.ts';
import type { Base } from '../base.ts';
import { FLAG } from '../layout/flags.ts';
import type { Inode } from '../layout/inode.ts';
import type { BlockRun } from './block-run.ts';
import { changedMap } from './changed-map.ts';
import { extentMap } from './extents.ts';
import { indirectMap } from './indirect.ts';

/** Finds where the bytes of a file are. */
export type ContentMap = (inode: Inode, position: number, end: number) => Steps<Run>;

/** Where the content of files and directories is: in blocks, or in their inodes. */
export function contentMap(base: Base, inlineData: InlineData): ContentMap {
  const { blockSize, blocks } = base.superblock;
  const [byExtents, byPointers] = [changedMap(base, extentMap(base)), indirectMap(base)];

  return function* (inode, position, end) {
    if ((inode.flags & FLAG.inlineData) !== 0) {
      const inline = yield* inlineData(inode);
      return { position: 0, length: end, inline };
    }
    const map = (inode.flags & FLAG.extents) === 0 ? byPointers : byExtents;
    const block = Math.floor(position / blockSize);
    const skipped = position - block * blockSize;
    const run = yield* map(inode, block, Math.ceil((skipped + end - position) / blockSize));
    const length = Math.min(run.length * blockSize - skipped, end - position);
    if (run.at === undefined) return { position, length };
    requireInside(run, run.at);
    const at = run.at * blockSize + skipped;
    return run.isUnwritten ? { position, length, unwritten: true } : { position, length, at };

    function requireInside({ length: count }: BlockRun, first: number): void {
      if (first > 0 && first + count <= blocks && (first + count) * blockSize <= base.device.size)
        return;
      throw failure('BLOCK_MAP_DAMAGED', {
        ...{ inode: inode.stat.inode, reason: 'place' },
        position: first * blockSize,
      });
    }
  };
}
