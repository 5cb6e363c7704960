import { append } from '@ploop/descriptor/internal';

import type { Entry, EntryReader } from '../../../tree/tree.ts';
import type { Inode } from '../layout/inode.ts';
import { parseDirectoryBlock } from './block.ts';
import type { DirectoryParts } from './parts.ts';

/** The first four bytes are the inode of the parent. */
const PARENT = 4;
const IN_INODE = 60;

/** The entries of a directory that its inode holds: one list in its 60 bytes, another among its extended attributes. */
export function inlineEntries(
  { inlineData, superblock, report }: DirectoryParts,
  inode: Inode,
): EntryReader {
  let isDone = false;
  return function* () {
    if (isDone) return undefined;
    isDone = true;
    const content = yield* inlineData(inode);
    const lists = [content.subarray(PARENT, IN_INODE), content.subarray(IN_INODE)];
    const all: Entry[] = [];
    for (const list of lists) {
      const { entries, damage } = parseDirectoryBlock(list, {
        hasTypes: superblock.features.fileType,
        inodes: superblock.inodes,
      });
      append(all, entries);
      if (damage !== undefined)
        report('DIRECTORY_DAMAGED', {
          ...{ inode: inode.stat.inode, reason: damage.reason },
          position: undefined,
        });
    }
    return all;
  };
}
