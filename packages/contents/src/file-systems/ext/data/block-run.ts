import type { Steps } from '@ploop/descriptor/internal';

import type { Inode } from '../layout/inode.ts';

/** Blocks of a file that are in one place. */
export interface BlockRun {
  readonly length: number;
  /** The first one on the device; `undefined` for a hole. */
  readonly at: number | undefined;
  readonly isUnwritten: boolean;
}

/** Finds the blocks of a file from `block` on, as far as they are in one place; beyond `most` it need not look. */
export type BlockMap = (inode: Inode, block: number, most: number) => Steps<BlockRun>;

/** Blocks that are not stored. */
export function hole(length: number): BlockRun {
  return { length, at: undefined, isUnwritten: false };
}
