import type { Steps } from '@ploop/descriptor/internal';

import type { Bitmap } from '../../../device/bitmap.ts';
import { failure } from '../../../findings/findings.ts';
import type { Entry, EntryReader } from '../../../tree/tree.ts';
import { inodeSeed } from '../layout/checksums.ts';
import { FLAG } from '../layout/flags.ts';
import type { Inode } from '../layout/inode.ts';
import { isDirectoryBlockIntact } from './block-checksum.ts';
import { parseDirectoryBlock } from './block.ts';
import { changedEntries } from './changed-entries.ts';
import { inlineEntries } from './inline.ts';
import type { DirectoryParts } from './parts.ts';

/**
 * Reads the entries of a directory, a block at a time. The nodes of hash trees look like blocks without entries, so they
 * are read in order as any other.
 */
export function entryReader(parts: DirectoryParts, inode: Inode, seen: Bitmap): EntryReader {
  const change = parts.fast?.entries.get(inode.stat.inode);
  const isNew = parts.fast?.inodes.get(inode.stat.inode)?.isNew === true;
  // A replay of a new directory makes its first block.
  const next = isNew ? noEntries : storedEntries(parts, inode, seen);
  return change === undefined ? next : changedEntries(next, change);
}

function* noEntries(): Steps<undefined> {
  yield* [];
  return undefined;
}

function storedEntries(parts: DirectoryParts, inode: Inode, seen: Bitmap): EntryReader {
  if ((inode.flags & FLAG.inlineData) !== 0) return inlineEntries(parts, inode);
  const { blockSize } = parts.superblock;
  const { inode: number, size } = inode.stat;
  let position = 0;
  let block = { at: 0, left: 0 };

  /** Goes to the next block that is stored, if there is one. */
  function* advance(): Steps<boolean> {
    while (block.left === 0) {
      if (position >= size) return false;
      const run = yield* parts.contentMap(inode, position, size);
      position += run.length;
      if (run.at === undefined)
        parts.report('DIRECTORY_DAMAGED', { inode: number, reason: 'hole', position: undefined });
      else block = { at: run.at / blockSize, left: Math.ceil(run.length / blockSize) };
    }
    return true;
  }

  return function* () {
    while (yield* advance()) {
      const { at, left } = block;
      const index = Math.ceil(position / blockSize) - left;
      block = { at: at + 1, left: left - 1 };
      if (!seen.add(at))
        throw failure('DIRECTORY_DAMAGED', {
          ...{ inode: number, reason: 'block in two places' },
          position: at * blockSize,
        });
      const entries = yield* entriesAt(parts, inode, at * blockSize, index);
      if (entries.length > 0) return entries;
    }
    return undefined;
  };
}

function* entriesAt(
  parts: DirectoryParts,
  inode: Inode,
  position: number,
  index: number,
): Steps<readonly Entry[]> {
  const { device, superblock, seed, report } = parts;
  const { inode: number } = inode.stat;
  const bytes = yield* device.bytes(position, superblock.blockSize);
  if (bytes === undefined) {
    report('DIRECTORY_DAMAGED', { inode: number, reason: 'place', position });
    return [];
  }
  const own = seed === undefined ? undefined : inodeSeed(seed, number, inode.generation);
  const isHashed = (inode.flags & FLAG.hashed) !== 0;
  if (own !== undefined && !isDirectoryBlockIntact(own, bytes, index, isHashed))
    report('METADATA_CHECKSUM', { structure: 'directory block', position, inode: number });
  const { entries, damage } = parseDirectoryBlock(bytes, {
    hasTypes: superblock.features.fileType,
    inodes: superblock.inodes,
  });
  if (damage !== undefined)
    report('DIRECTORY_DAMAGED', {
      ...{ inode: number, reason: damage.reason },
      position: position + damage.at,
    });
  return entries;
}
