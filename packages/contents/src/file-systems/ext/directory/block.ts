import { viewOf } from '../../../bytes/fields.ts';
import { nameOfBytes } from '../../../names/name.ts';
import type { FileType } from '../../../tree/stat.ts';
import type { Entry } from '../../../tree/tree.ts';

const HEADER = 8;
const NAME_MOST = 255;
const SLASH = 47;

const TYPES: Readonly<Record<number, FileType>> = {
  1: 'file',
  2: 'directory',
  3: 'character-device',
  4: 'block-device',
  5: 'fifo',
  6: 'socket',
  7: 'symlink',
};

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
    if (nameLength === 0 || nameLength > NAME_MOST || hasSeparator(name)) return damaged('name');
    const type = hasTypes ? TYPES[view.getUint8(start + 7) & 7] : undefined;
    entries.push({ inode, type, name: nameOfBytes(name) });
  }
  return { entries };
}

/** 16 bits hold no 65,536. */
function lengthOf(stored: number): number {
  return stored === 0 || stored === 0xffff ? 0x10000 : stored;
}

function isDots(name: Uint8Array): boolean {
  return name[0] === 46 && (name.length === 1 || (name.length === 2 && name[1] === 46));
}

function hasSeparator(name: Uint8Array): boolean {
  return name.includes(SLASH) || name.includes(0);
}
