import type { Steps } from '@ploop/descriptor/internal';

import { failure } from '../../../findings/findings.ts';
import { placeIn, type Inode } from '../layout/inode.ts';
import type { XattrReader } from './stored.ts';

const SYSTEM = 7;
const DATA = 'data';

/** The content that an inode holds itself: its 60 bytes, and what goes on among its extended attributes. */
export type InlineData = (inode: Inode) => Steps<Uint8Array>;

/** Reads content that inodes hold, as far as their size goes. */
export function inlineDataOf({ inInode, valueOf }: XattrReader): InlineData {
  return function* (inode) {
    const entry = inInode(inode).find(
      ({ index, name }) => index === SYSTEM && String.fromCharCode(...name) === DATA,
    );
    const more = entry === undefined ? new Uint8Array(0) : yield* valueOf(inode, entry);
    const place = placeIn(inode);
    const all = new Uint8Array(place.length + more.length);
    all.set(place);
    all.set(more, place.length);
    const { inode: number, size, type } = inode.stat;
    if (size <= all.length) return all.subarray(0, size);
    throw type === 'directory'
      ? failure('DIRECTORY_DAMAGED', { inode: number, reason: 'size', position: undefined })
      : failure('BLOCK_MAP_DAMAGED', { inode: number, reason: 'size', position: undefined });
  };
}
