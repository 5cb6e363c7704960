import type { Steps } from '@ploop/descriptor/internal';

import { hasSuperblock, type GroupReader } from '../layout/groups.ts';
import type { Superblock } from '../layout/superblock.ts';

/** Blocks from `first` to before `end`. */
export type BlockSpan = readonly [first: number, end: number];

/** Finds what the file system itself needs in a group. */
export type OwnBlocks = (group: number) => Steps<readonly BlockSpan[]>;

/** Bitmaps and inode tables, which a group may keep in another one, and what begins groups. */
export function ownBlocks(superblock: Superblock, groupAt: GroupReader, groups: number): OwnBlocks {
  const { inodesPerGroup, inodeBytes, blockSize, blocksPerGroup, firstBlock } = superblock;
  const tableBlocks = Math.ceil((inodesPerGroup * inodeBytes) / blockSize);
  let known: ReadonlyMap<number, readonly BlockSpan[]> | undefined;

  function* spansByGroup(): Steps<ReadonlyMap<number, readonly BlockSpan[]>> {
    const byGroup = new Map<number, BlockSpan[]>();
    const add = (from: number, end: number): void => {
      const last = Math.min(groups - 1, Math.floor((end - 1 - firstBlock) / blocksPerGroup));
      let group = Math.max(0, Math.floor((from - firstBlock) / blocksPerGroup));
      for (; group <= last; group += 1) {
        const spans = byGroup.get(group) ?? [];
        spans.push([from, end]);
        byGroup.set(group, spans);
      }
    };
    for (let group = 0; group < groups; group += 1) {
      const { table, blockBitmap, inodeBitmap } = yield* groupAt(group);
      add(table, table + tableBlocks);
      add(blockBitmap, blockBitmap + 1);
      add(inodeBitmap, inodeBitmap + 1);
    }
    return byGroup;
  }

  return function* (group) {
    known ??= yield* spansByGroup();
    const first = firstBlock + group * blocksPerGroup;
    return [[first, first + headBlocks(superblock, group)], ...(known.get(group) ?? [])];
  };
}

/** Blocks at the beginning of a group: a copy of the superblock, and group descriptors. */
function headBlocks(superblock: Superblock, group: number): number {
  const { features, blockSize, descriptorBytes, groups, firstMetaBg, firstBlock } = superblock;
  const perBlock = blockSize / descriptorBytes;
  // With 1 KiB blocks that count from 0, the boot block is before the superblock.
  const boot = group === 0 && firstBlock === 0 && blockSize === 1024 ? 1 : 0;
  const copy = hasSuperblock(superblock, group) ? 1 + boot : 0;
  const meta = Math.floor(group / perBlock);
  if (features.metaBg && meta >= firstMetaBg) {
    const place = group % perBlock;
    return copy + (place < 2 || place === perBlock - 1 ? 1 : 0);
  }
  if (copy === 0) return 0;
  const descriptors = features.metaBg ? firstMetaBg : Math.ceil(groups / perBlock);
  return copy + descriptors + superblock.reservedDescriptorBlocks;
}
