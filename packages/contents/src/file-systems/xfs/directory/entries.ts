import type { Steps } from '@ploop/descriptor/internal';

import type { Bitmap } from '../../../device/bitmap.ts';
import { failure } from '../../../findings/findings.ts';
import type { Entry, EntryReader } from '../../../tree/tree.ts';
import type { Base } from '../base.ts';
import type { ContentMap, PieceReader } from '../data/content.ts';
import { foreignField } from '../layout/identity.ts';
import type { Inode } from '../layout/inode.ts';
import {
  DIRECTORY_IDENTITY,
  isDataBlock,
  parseDataBlock,
  type DirectoryPart,
} from './data-block.ts';
import { parseShortForm } from './short-form.ts';

/** Behind the entries, a directory has its index. */
const ENTRIES_END = 2 ** 35;

/** What reading directories needs. */
export interface DirectoryParts extends Base {
  readonly content: ContentMap;
  readonly pieces: PieceReader;
}

/**
 * Reads the entries of a directory, a block at a time. The index that follows them serves to look up names and is not needed.
 * A block whose entries are all gone is a hole.
 */
export function entryReader(parts: DirectoryParts, inode: Inode, seen: Bitmap): EntryReader {
  const { data, stat } = inode;
  if (data.format === 'local') return once(() => shortEntries(parts, inode));
  const { blockSize, directoryBlockSize } = parts.superblock;
  const end = Math.min(stat.size, ENTRIES_END);
  let position = 0;

  return function* () {
    while (position < end) {
      const run = yield* parts.content(data, position, end);
      if (run.at === undefined) {
        position = blockFrom(run.position + run.length, directoryBlockSize);
        continue;
      }
      const block = run.at / blockSize;
      const from = position;
      position += directoryBlockSize;
      if (!seen.add(block))
        throw failure('DIRECTORY_DAMAGED', {
          ...{ inode: stat.inode, reason: 'block in two places' },
          position: run.at,
        });
      const entries = yield* entriesAt(parts, inode, from);
      if (entries.length > 0) return entries;
    }
    return undefined;
  };
}

/** The beginning of the directory block at a byte, or of the next one. */
function blockFrom(position: number, size: number): number {
  return Math.ceil(position / size) * size;
}

function once(entries: () => readonly Entry[]): EntryReader {
  let isDone = false;
  // eslint-disable-next-line require-yield
  return function* () {
    if (isDone) return undefined;
    isDone = true;
    return entries();
  };
}

function shortEntries(parts: DirectoryParts, { stat, data }: Inode): readonly Entry[] {
  const part = parseShortForm(data.bytes.subarray(0, stat.size), parts.superblock.features);
  return reported(parts, stat.inode, part, undefined);
}

function* entriesAt(
  parts: DirectoryParts,
  { stat, data }: Inode,
  from: number,
): Steps<readonly Entry[]> {
  const { inode } = stat;
  const { directoryBlockSize, features } = parts.superblock;
  const piece = yield* parts.pieces(data, from, directoryBlockSize);
  if (piece === undefined) return [];
  const { bytes, position } = piece;
  const use = { structure: 'directory block', position, inode };
  const isEntries = isDataBlock(bytes, features);
  const foreign = isEntries ? foreignField(parts, bytes, DIRECTORY_IDENTITY, use) : 'magic';
  if (foreign !== undefined) {
    parts.report('DIRECTORY_DAMAGED', { inode, reason: foreign, position });
    return [];
  }
  return reported(parts, inode, parseDataBlock(bytes, features), position);
}

function reported(
  { report }: DirectoryParts,
  inode: number,
  { entries, damage }: DirectoryPart,
  position: number | undefined,
): readonly Entry[] {
  if (damage !== undefined)
    report('DIRECTORY_DAMAGED', {
      ...{ inode, reason: damage.reason },
      position: position === undefined ? undefined : position + damage.at,
    });
  return entries;
}
