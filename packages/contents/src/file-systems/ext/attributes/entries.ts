import { viewOf } from '../../../bytes/fields.ts';

const ENTRY = 16;

/** An entry of a list of extended attributes. */
export interface XattrEntry {
  readonly index: number;
  readonly name: Uint8Array;
  /** Where the value is, from the beginning of what the list counts from. */
  readonly at: number;
  readonly size: number;
  /** The inode that has the value, or 0. */
  readonly inode: number;
}

/** A list of extended attributes, and whether it ended before it was complete. */
export interface XattrList {
  readonly entries: readonly XattrEntry[];
  readonly isDamaged: boolean;
}

/** The entries in bytes from `start` on. */
export function parseXattrs(bytes: Uint8Array, start: number): XattrList {
  const view = viewOf(bytes);
  const entries: XattrEntry[] = [];
  for (let at = start; ;) {
    if (at + 4 > bytes.length) return { entries, isDamaged: false };
    if (view.getUint32(at, true) === 0) return { entries, isDamaged: false };
    const nameLength = view.getUint8(at);
    const end = at + ENTRY + nameLength;
    if (end > bytes.length) return { entries, isDamaged: true };
    entries.push({
      index: view.getUint8(at + 1),
      name: bytes.subarray(at + ENTRY, end),
      at: view.getUint16(at + 2, true),
      inode: view.getUint32(at + 4, true),
      size: view.getUint32(at + 8, true),
    });
    at += ENTRY + Math.ceil(nameLength / 4) * 4;
  }
}
