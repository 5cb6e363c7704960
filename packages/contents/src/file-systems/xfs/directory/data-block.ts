import { viewOf, wideAt } from '../../../bytes/fields.ts';
import { nameOfBytes } from '../../../names/name.ts';
import { ENTRY_TYPES, isDots, isEntryName } from '../../../tree/entry-bytes.ts';
import type { Entry } from '../../../tree/tree.ts';

/** Magic numbers of blocks with entries: of a directory of one block, and of larger ones. */
const PLAIN = { single: 0x58443242, data: 0x58443244, header: 16 };
const CHECKED = { single: 0x58444233, data: 0x58444433, header: 64 };
const FREE = 0xffff;
const ALIGNED = 8;
/** A directory of one block has an index at its end. */
const INDEX = { tail: 8, entry: 8 };

/** Where a block of a directory says what it is. */
export const DIRECTORY_IDENTITY = { checksum: 4, place: 8, uuid: 24, owner: 40 };

/** What decides how entries are stored. */
export interface EntryFormat {
  readonly checksums: boolean;
  readonly fileTypes: boolean;
}

/** The entries of a part of a directory. */
export interface DirectoryPart {
  readonly entries: readonly Entry[];
  /** Where the rest is not readable any more, and why. */
  readonly damage?: { readonly at: number; readonly reason: string };
}

/** Whether a block has the magic number of blocks with entries. */
export function isDataBlock(bytes: Uint8Array, { checksums }: EntryFormat): boolean {
  const { single, data } = checksums ? CHECKED : PLAIN;
  const magic = viewOf(bytes).getUint32(0);
  return magic === single || magic === data;
}

/** Reads entries; those named `.` and `..` are left out. */
export function parseDataBlock(bytes: Uint8Array, format: EntryFormat): DirectoryPart {
  const view = viewOf(bytes);
  const { header } = format.checksums ? CHECKED : PLAIN;
  const end = endOfEntries(view, format);
  const entries: Entry[] = [];
  for (let at = header; at < end;) {
    const damaged = (reason: string): DirectoryPart => ({ entries, damage: { at, reason } });
    if (view.getUint16(at) === FREE) {
      const length = view.getUint16(at + 2);
      if (length === 0 || length % ALIGNED !== 0 || at + length > end)
        return damaged('length of free space');
      at += length;
      continue;
    }
    const nameLength = view.getUint8(at + 8);
    const typeAt = at + 9 + nameLength;
    const length = aligned(9 + nameLength + (format.fileTypes ? 1 : 0) + 2);
    if (at + length > end) return damaged('entry length');
    const name = bytes.subarray(at + 9, typeAt);
    const inode = wideAt(view, at);
    if (!isDots(name)) {
      if (!isEntryName(name)) return damaged('name');
      if (!Number.isSafeInteger(inode)) return damaged('inode number');
      const type = format.fileTypes ? ENTRY_TYPES[view.getUint8(typeAt)] : undefined;
      entries.push({ inode, type, name: nameOfBytes(name) });
    }
    at += length;
  }
  return { entries };
}

/** Where entries end: at the index, which counts its own entries, or at the end. */
function endOfEntries(view: DataView, { checksums }: EntryFormat): number {
  const { single, header } = checksums ? CHECKED : PLAIN;
  const end = view.byteLength;
  if (view.getUint32(0) !== single) return end;
  const index = end - INDEX.tail - view.getUint32(end - INDEX.tail) * INDEX.entry;
  // A wrong count ends nothing: entries are found one after the other.
  return index >= header ? index : end - INDEX.tail;
}

function aligned(length: number): number {
  return Math.ceil(length / ALIGNED) * ALIGNED;
}
