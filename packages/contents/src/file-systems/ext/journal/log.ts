import type { Steps } from '@ploop/descriptor/internal';

import { viewOf } from '../../../bytes/fields.ts';
import type { Device } from '../../../device/line-cache.ts';
import { failure } from '../../../findings/findings.ts';
import type { ContentMap } from '../data/content.ts';
import type { Inode } from '../layout/inode.ts';
import { JOURNAL_MAGIC, type JournalSuperblock } from './superblock.ts';

/** Kinds of blocks of the log that are not data. */
export const KIND = { descriptor: 1, commit: 2, revocation: 5 } as const;

/** The blocks of a journal, by their number in it. */
export interface Log {
  /** Where a block is on the device. */
  readonly positionOf: (block: number) => Steps<number>;
  readonly blockAt: (block: number) => Steps<Uint8Array>;
  /** The block after; the log is a ring. */
  readonly after: (block: number) => number;
}

/** The log in the file of a journal. */
export function openLog(
  device: Device,
  contentMap: ContentMap,
  inode: Inode,
  { blockSize, first, end }: JournalSuperblock,
): Log {
  let known = { position: 0, length: 0, at: 0 };

  function* positionOf(block: number): Steps<number> {
    const position = block * blockSize;
    if (position < known.position || position >= known.position + known.length) {
      const run = yield* contentMap(inode, position, inode.stat.size);
      if (run.at === undefined)
        throw failure('JOURNAL_DAMAGED', { reason: 'hole in the journal', position: undefined });
      known = { position: run.position, length: run.length, at: run.at };
    }
    return known.at + position - known.position;
  }

  return {
    positionOf,
    after: (block) => (block + 1 >= end ? first : block + 1),
    *blockAt(block) {
      const position = yield* positionOf(block);
      const bytes = yield* device.bytes(position, blockSize);
      if (bytes === undefined)
        throw failure('METADATA_UNREADABLE', { structure: 'journal', position });
      return bytes;
    },
  };
}

/** The kind of a block of a transaction; `undefined` if it is not part of that. */
export function kindOf(bytes: Uint8Array, sequence: number): number | undefined {
  const view = viewOf(bytes);
  if (view.getUint32(0) !== JOURNAL_MAGIC || view.getUint32(8) !== sequence) return undefined;
  return view.getUint32(4);
}
