import { requireCall } from '@ploop/descriptor/arguments';
import { runAsync, type Steps, fill, type ImageSource } from '@ploop/descriptor/internal';

import { IMAGE } from '../../../arguments.ts';
import { type ImageLayout, BAT_ENTRY_BYTES, BAT_START } from '../layout.ts';

/** Entries in a piece of a BAT: 64 KiB. */
export const BAT_PIECE_ENTRIES = 16_384;

/** A part of a BAT. */
export interface BatPiece {
  /** The virtual cluster of the first entry. */
  readonly first: number;
  /** As stored: 0 where a cluster is not allocated, else a position in units of `layout.entryBytes`. */
  readonly entries: Uint32Array;
}

/**
 * `count` entries of a BAT from virtual cluster `first` on, as stored.
 *
 * @throws DescriptorError with code `FILE_UNREADABLE`.
 */
export async function readBat(
  source: ImageSource,
  first: number,
  count: number,
): Promise<Uint32Array> {
  requireCall(IMAGE.readBat, [source, first, count]);
  return runAsync(batAt(source, first, count));
}

/** {@link readBat} as steps. */
export function* batAt(source: ImageSource, first: number, count: number): Steps<Uint32Array> {
  const bytes = new Uint8Array(count * BAT_ENTRY_BYTES);
  yield* fill(source, bytes, BAT_START + first * BAT_ENTRY_BYTES);
  return toEntries(bytes);
}

/** All entries of a BAT in pieces of at most {@link BAT_PIECE_ENTRIES}, in order; memory stays bounded. */
export async function* batPieces(
  source: ImageSource,
  layout: ImageLayout,
): AsyncGenerator<BatPiece, void, undefined> {
  requireCall(IMAGE.batPieces, [source, layout]);
  const { clusters } = layout;
  for (let first = 0; first < clusters; first += BAT_PIECE_ENTRIES) {
    const count = Math.min(BAT_PIECE_ENTRIES, clusters - first);
    yield { first, entries: await runAsync(batAt(source, first, count)) };
  }
}

/**
 * {@link batPieces} without the pieces that allocate nothing: what they cost is little more than reading them. Pieces
 * grow to {@link MOST_READ}, as a read of 64 KiB waits longer for its thread than for its bytes.
 */
export async function* allocatedPieces(
  source: ImageSource,
  { clusters }: ImageLayout,
  signal?: AbortSignal,
): AsyncGenerator<BatPiece, void, undefined> {
  let most = BAT_PIECE_ENTRIES;
  for (let first = 0; first < clusters; most = Math.min(2 * most, MOST_READ)) {
    signal?.throwIfAborted();
    const count = Math.min(most, clusters - first);
    const entries = await runAsync(batAt(source, first, count));
    if (firstAllocated(entries) === count) {
      first = await nextAllocated(source, first + count, clusters, signal);
      continue;
    }
    yield { first, entries };
    first += count;
  }
}

/** Entries that are read together at most: 1 MiB. */
const MOST_READ = 16 * BAT_PIECE_ENTRIES;

/**
 * The first cluster from `first` to below `end` that has an entry; `end` if none has. Reads more at a time the longer it
 * finds nothing, and 1 MiB at most.
 *
 * @throws DescriptorError with code `FILE_UNREADABLE`; the reason of `signal`.
 */
export async function nextAllocated(
  source: ImageSource,
  first: number,
  end: number,
  signal?: AbortSignal,
): Promise<number> {
  // One buffer for all: a new one for each read takes far longer than the read.
  let entries = new Uint32Array(Math.min(BAT_PIECE_ENTRIES, Math.max(0, end - first)));
  let at = first;
  while (at < end && entries.length < MOST_READ) {
    signal?.throwIfAborted();
    const part = entries.subarray(0, end - at);
    await readInto(source, part, at);
    const found = firstAllocated(part);
    at += found;
    if (found < part.length) return at;
    if (entries.length < end - at) entries = new Uint32Array(2 * entries.length);
  }
  return at < end ? nextAllocatedAhead(source, at, end, signal) : end;
}

/** {@link nextAllocated} of a long way: reads the next piece while it looks at this one. */
async function nextAllocatedAhead(
  source: ImageSource,
  first: number,
  end: number,
  signal: AbortSignal | undefined,
): Promise<number> {
  const begin = (at: number, buffer: Uint32Array<ArrayBuffer>): Reading => {
    const part = buffer.subarray(0, Math.max(0, end - at));
    const done = readInto(source, part, at);
    // It is awaited in its turn; until then a failure must not end the process.
    done.catch(() => undefined);
    return { at, part, done };
  };
  let reading = begin(first, new Uint32Array(MOST_READ));
  let spare = new Uint32Array(MOST_READ);
  try {
    for (;;) {
      const { at, part, done } = reading;
      signal?.throwIfAborted();
      await done;
      const behind = at + part.length;
      if (behind < end) reading = begin(behind, spare);
      const found = firstAllocated(part);
      if (found < part.length) return at + found;
      if (behind >= end) return end;
      spare = new Uint32Array(part.buffer);
    }
  } finally {
    // The file stays open until the last read has settled.
    await reading.done.catch(() => undefined);
  }
}

/** A piece of a table that is being read. */
interface Reading {
  readonly at: number;
  readonly part: Uint32Array<ArrayBuffer>;
  readonly done: Promise<void>;
}

/** Reads entries as they are stored, in the order of bytes of this machine or not. */
function readInto(
  source: ImageSource,
  { buffer, byteLength }: Uint32Array<ArrayBuffer>,
  first: number,
): Promise<void> {
  const bytes = new Uint8Array(buffer, 0, byteLength);
  return runAsync(fill(source, bytes, BAT_START + first * BAT_ENTRY_BYTES));
}

/** Index of the first entry that is not 0; how many there are if none is. */
function firstAllocated(entries: Uint32Array): number {
  let index = 0;
  while (index < entries.length && entries[index] === 0) index += 1;
  return index;
}

const LITTLE_ENDIAN = new Uint8Array(new Uint32Array([1]).buffer)[0] === 1;

function toEntries(bytes: Uint8Array<ArrayBuffer>): Uint32Array {
  if (LITTLE_ENDIAN) return new Uint32Array(bytes.buffer);
  const view = new DataView(bytes.buffer);
  return Uint32Array.from({ length: bytes.length / BAT_ENTRY_BYTES }, (_, index) =>
    view.getUint32(index * BAT_ENTRY_BYTES, true),
  );
}
