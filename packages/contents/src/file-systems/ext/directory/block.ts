import { viewOf } from '../../../bytes/fields.ts';
import { nameOfBytes } from '../../../names/name.ts';
import { ENTRY_TYPES, isDots, isEntryName } from '../../../tree/entry-bytes.ts';
import type { Entry } from '../../../tree/tree.ts';

const HEADER = 8;

/** The entries of one block of a directory. */
export interface DirectoryBlock {
  readonly entries: readonly Entry[];
  /** Where the rest is not readable any more, and why. */
  readonly damage?: { readonly at: number; readonly reason: string };
}

/** Reads entries; those named `.` and `..` are left out. */
export function parseDirectoryBlock(
  bytes: Uint8Array,
  { hasTypes, inodes }: { readonly hasTypes: boolean; readonly inodes: number },
): DirectoryBlock {
  const view = viewOf(bytes);
  const entries: Entry[] = [];
  for (let at = 0; at < bytes.length;) {
    const damaged = (reason: string): DirectoryBlock => ({ entries, damage: { at, reason } });
    if (at + HEADER > bytes.length) return damaged('entry length');
    const inode = view.getUint32(at, true);
    const length = lengthOf(view.getUint16(at + 4, true));
    const nameLength = hasTypes ? view.getUint8(at + 6) : view.getUint16(at + 6, true);
    const isFree = inode === 0;
    const least = isFree ? HEADER : HEADER + nameLength;
    if (length % 4 !== 0 || length < least || at + length > bytes.length)
      return damaged('entry length');
    const start = at;
    at += length;
    if (isFree) continue;
    const name = bytes.subarray(start + HEADER, start + HEADER + nameLength);
    if (isDots(name)) continue;
    if (inode > inodes) return damaged('inode number');
    if (!isEntryName(name)) return damaged('name');
    const type = hasTypes ? ENTRY_TYPES[view.getUint8(start + 7) & 7] : undefined;
    entries.push({ inode, type, name: nameOfBytes(name) });
  }
  return { entries };
}

/** 16 bits hold no 65,536. */
function lengthOf(stored: number): number {
  return stored === 0 || stored === 0xffff ? 0x10000 : stored;
}
