import type { Base } from '../base.ts';
import type { BlockMap } from './block-run.ts';

/** Blocks of files as fast commits leave them. */
export function changedMap({ fast }: Base, map: BlockMap): BlockMap {
  if (fast === undefined) return map;
  return function* (inode, block, most) {
    const ranges = fast.inodes.get(inode.stat.inode)?.ranges;
    if (ranges === undefined) return yield* map(inode, block, most);
    const found = ranges.find(block);
    if ('next' in found) {
      const run = yield* map(inode, block, Math.min(most, found.next - block));
      return { ...run, length: Math.min(run.length, found.next - block) };
    }
    const { first, end, at, isUnwritten } = found;
    const length = end - block;
    return { length, isUnwritten, at: at === undefined ? undefined : at + block - first };
  };
}
