import { viewOf } from '../../../bytes/fields.ts';
import { nameOfBytes } from '../../../names/name.ts';
import { isEntryName } from '../../../tree/entry-bytes.ts';
import { createRanges, type Ranges } from './fast-ranges.ts';
import type { FastTag } from './fast-tags.ts';

const GENERATION_AT = 100;

/** What fast commits change in one inode. */
export interface InodeChange {
  /** The beginning of the inode, without the place of its content unless the inode holds that. */
  bytes: Uint8Array | undefined;
  readonly ranges: Ranges;
  /** Whether it is another file than the one that the disk has under this number. */
  isNew: boolean;
}

/** What fast commits change, by inode. */
export interface FastChanges {
  readonly inodes: ReadonlyMap<number, InodeChange>;
  /** Of each directory: what a name leads to now; `undefined` if it is gone. */
  readonly entries: ReadonlyMap<number, ReadonlyMap<string, number | undefined>>;
}

/** The sum of the changes, in their order. */
export function fastChangesOf(tags: readonly FastTag[]): FastChanges | undefined {
  const inodes = new Map<number, InodeChange>();
  const entries = new Map<number, Map<string, number | undefined>>();
  const changeOf = (inode: number): InodeChange => {
    const found = inodes.get(inode) ?? { bytes: undefined, ranges: createRanges(), isNew: false };
    inodes.set(inode, found);
    return found;
  };
  for (const tag of tags) {
    if (tag.kind === 'inode') replaceInode(changeOf(tag.inode), tag.bytes);
    else if (tag.kind === 'add-range') changeOf(tag.inode).ranges.add(tag.extent);
    else if (tag.kind === 'delete-range') changeOf(tag.inode).ranges.remove(tag.first, tag.length);
    else if (tag.kind === 'create' || tag.kind === 'link' || tag.kind === 'unlink') {
      if (!isEntryName(tag.name)) continue;
      if (tag.kind === 'create') changeOf(tag.inode).isNew = true;
      const names = entries.get(tag.parent) ?? new Map<string, number | undefined>();
      names.set(nameOfBytes(tag.name), tag.kind === 'unlink' ? undefined : tag.inode);
      entries.set(tag.parent, names);
    }
  }
  return inodes.size + entries.size === 0 ? undefined : { inodes, entries };
}

/** Another generation is another file: nothing of the old one is left. */
function replaceInode(change: InodeChange, bytes: Uint8Array): void {
  if (change.bytes !== undefined && generationOf(change.bytes) !== generationOf(bytes)) {
    change.isNew = true;
    change.ranges.clear();
  }
  change.bytes = bytes;
}

/** The number that distinguishes files that had the same inode one after the other. */
export function generationOf(inode: Uint8Array): number {
  return viewOf(inode).getUint32(GENERATION_AT, true);
}
