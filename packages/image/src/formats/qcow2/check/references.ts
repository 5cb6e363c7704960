import type { ImageSource, Steps } from '@ploop/descriptor/internal';

import { offsetIn, readBytes, viewOf } from '../bytes.ts';
import { compressedPlace, isCompressed, type Entry } from '../qcow2-layout.ts';
import type { Tables } from './tables.ts';

/** What refers to a place in the file. */
export interface Reference {
  readonly offset: number;
  readonly length: number;
  /** How many times. */
  readonly times: number;
}

/** An L2 entry of the current state that says whether it may be written in place. */
export interface Flagged {
  readonly offset: number;
  readonly isCopied: boolean;
}

/** What to do with what is found. */
export interface ReferenceVisitor {
  readonly reference: (reference: Reference) => void;
  /** `cluster`: of the disk, or of the first snapshot that leads to the table. */
  readonly entry: (entry: Entry, words: EntryWords, cluster: number) => void;
  readonly flagged: (flagged: Flagged) => void;
}

/** The second half of an extended L2 entry. */
export interface EntryWords {
  readonly zeros: number;
  readonly allocated: number;
}

/** L2 entries that are read together: 64 KiB. */
const PIECE_BYTES = 65_536;

/**
 * Goes through everything in an image that refers to clusters of its file.
 *
 * @throws DescriptorError with code `FILE_UNREADABLE`; the reason of `signal`.
 */
export function* references(
  source: ImageSource,
  tables: Tables,
  visitor: ReferenceVisitor,
  signal: AbortSignal | undefined,
): Steps<void> {
  for (const { offset, length } of tables.areas) visitor.reference({ offset, length, times: 1 });
  for (const [offset, { times, isActive, cluster }] of tables.l2Tables) {
    signal?.throwIfAborted();
    visitor.reference({ offset, length: tables.clusterBytes, times });
    if (isActive !== undefined) visitor.flagged({ offset, isCopied: isActive });
    yield* l2References(
      source,
      tables,
      { offset, times, isActive: isActive !== undefined, cluster },
      visitor,
    );
  }
}

function* l2References(
  source: ImageSource,
  { clusterBytes, l2EntryBytes, hasDataFile }: Tables,
  table: {
    readonly offset: number;
    readonly times: number;
    readonly isActive: boolean;
    readonly cluster: number;
  },
  visitor: ReferenceVisitor,
): Steps<void> {
  const { offset: start, times, isActive, cluster } = table;
  const most = Math.min(PIECE_BYTES, clusterBytes);
  for (let at = 0; at < clusterBytes; at += most) {
    const view = viewOf(yield* readBytes(source, start + at, most));
    for (let byte = 0; byte < most; byte += l2EntryBytes) {
      const entry = { high: view.getUint32(byte), low: view.getUint32(byte + 4) };
      const words =
        l2EntryBytes === 16
          ? { zeros: view.getUint32(byte + 8), allocated: view.getUint32(byte + 12) }
          : NO_WORDS;
      if (entry.high === 0 && entry.low === 0 && words.zeros === 0 && words.allocated === 0)
        continue;
      visitor.entry(entry, words, cluster + (at + byte) / l2EntryBytes);
      if (isCompressed(entry)) {
        if (!hasDataFile) visitor.reference({ ...compressedPlace(entry, clusterBytes), times });
        if (isActive) visitor.flagged({ offset: -1, isCopied: entry.high >>> 31 === 1 });
        continue;
      }
      const offset = offsetIn(entry.high, entry.low);
      if (offset === 0 || hasDataFile) continue;
      visitor.reference({ offset, length: clusterBytes, times });
      if (isActive) visitor.flagged({ offset, isCopied: entry.high >>> 31 === 1 });
    }
  }
}

const NO_WORDS: EntryWords = { zeros: 0, allocated: 0 };
