import { runAsync, type Steps } from '../steps.ts';
import type { ImageLayout } from './layout.ts';
import { BAT_ENTRY_BYTES, BAT_START } from './layout.ts';
import { fill, type ImageSource } from './read-at.ts';

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
export function readBat(source: ImageSource, first: number, count: number): Promise<Uint32Array> {
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
  { clusters }: ImageLayout,
): AsyncGenerator<BatPiece, void, undefined> {
  for (let first = 0; first < clusters; first += BAT_PIECE_ENTRIES) {
    const count = Math.min(BAT_PIECE_ENTRIES, clusters - first);
    yield { first, entries: await readBat(source, first, count) };
  }
}

const LITTLE_ENDIAN = new Uint8Array(new Uint32Array([1]).buffer)[0] === 1;

function toEntries(bytes: Uint8Array<ArrayBuffer>): Uint32Array {
  if (LITTLE_ENDIAN) return new Uint32Array(bytes.buffer);
  const view = new DataView(bytes.buffer);
  return Uint32Array.from({ length: bytes.length / BAT_ENTRY_BYTES }, (_, index) =>
    view.getUint32(index * BAT_ENTRY_BYTES, true),
  );
}
