import type { Steps } from '@ploop/descriptor/internal';

import { viewOf } from '../../../bytes/fields.ts';
import { failure } from '../../../findings/findings.ts';
import type { Base } from '../base.ts';
import { placeIn, type Inode } from '../layout/inode.ts';
import { hole, type BlockMap, type BlockRun } from './block-run.ts';

const DIRECT = 12;
const LEVELS = 3;

/** Blocks of files whose blocks are listed one by one: 12 in the inode, the others after one to three blocks of pointers. */
export function indirectMap({ device, superblock }: Base): BlockMap {
  const { blockSize, blocks } = superblock;
  const perBlock = blockSize / 4;

  function* pointersIn(inode: Inode, block: number): Steps<DataView> {
    const position = block * blockSize;
    const bytes = block < blocks ? yield* device.bytes(position, blockSize) : undefined;
    if (bytes === undefined)
      throw failure('BLOCK_MAP_DAMAGED', {
        inode: inode.stat.inode,
        reason: 'place',
        position,
      });
    return viewOf(bytes);
  }

  return function* (inode, block, most) {
    const place = viewOf(placeIn(inode));
    if (block < DIRECT) return runOf(place, block, DIRECT, most);
    let index = block - DIRECT;
    let level = 1;
    while (level <= LEVELS && index >= perBlock ** level) {
      index -= perBlock ** level;
      level += 1;
    }
    if (level > LEVELS)
      throw failure('BLOCK_MAP_DAMAGED', {
        inode: inode.stat.inode,
        reason: 'size',
        position: undefined,
      });
    let pointer = place.getUint32((DIRECT + level - 1) * 4, true);
    for (; ; level -= 1) {
      const below = perBlock ** (level - 1);
      if (pointer === 0) return hole(below * perBlock - (index % (below * perBlock)));
      const pointers = yield* pointersIn(inode, pointer);
      const slot = Math.floor(index / below) % perBlock;
      if (level === 1) return runOf(pointers, slot, perBlock, most);
      pointer = pointers.getUint32(slot * 4, true);
    }
  };
}

/** Pointers from `slot` on that lead to one place, or nowhere. */
function runOf(pointers: DataView, slot: number, end: number, most: number): BlockRun {
  const at = pointers.getUint32(slot * 4, true);
  const last = Math.min(end, slot + most);
  let next = slot + 1;
  while (next < last && pointers.getUint32(next * 4, true) === (at === 0 ? 0 : at + next - slot))
    next += 1;
  return { length: next - slot, at: at === 0 ? undefined : at, isUnwritten: false };
}
