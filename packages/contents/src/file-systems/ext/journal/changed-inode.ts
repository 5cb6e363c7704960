import { viewOf } from '../../../bytes/fields.ts';
import { FLAG } from '../layout/flags.ts';
import { generationOf, type InodeChange } from './fast-changes.ts';

/** Where an inode says where its content is. */
const PLACE = { at: 40, end: 100 };
const FLAGS_AT = 32;
const MAGIC = 0xf30a;
/** An extent tree without an extent. */
const NO_EXTENTS = Uint8Array.of(0x0a, 0xf3, 0, 0, 4, 0, 0, 0, 0, 0, 0, 0);

/** An inode of the disk as fast commits leave it. */
export function changedInode(stored: Uint8Array, change: InodeChange): Uint8Array {
  const bytes = stored.slice();
  const { bytes: next } = change;
  if (next === undefined) return bytes;
  const isOther = change.isNew || generationOf(stored) !== generationOf(next);
  bytes.set(next.subarray(0, Math.min(next.length, bytes.length)));
  const flags = viewOf(bytes).getUint32(FLAGS_AT, true);
  if ((flags & FLAG.extents) === 0) return bytes;
  // The extents of a file are in ranges of their own: those that the inode had stay.
  const place = stored.subarray(PLACE.at, PLACE.end);
  const hasExtents = viewOf(place).getUint16(0, true) === MAGIC;
  bytes.fill(0, PLACE.at, PLACE.end);
  bytes.set(!isOther && hasExtents ? place : NO_EXTENTS, PLACE.at);
  return bytes;
}
