import { viewOf, wideAt } from '../../../bytes/fields.ts';
import { nameOfBytes } from '../../../names/name.ts';
import { ENTRY_TYPES, isEntryName } from '../../../tree/entry-bytes.ts';
import type { Entry } from '../../../tree/tree.ts';
import type { DirectoryPart, EntryFormat } from './data-block.ts';

const HEADER = 2;
/** Bytes of an entry before its name: the length of the name and the offset that the entry would have in a block. */
const FIXED = 3;

/** The entries of a directory that its inode holds. */
export function parseShortForm(bytes: Uint8Array, { fileTypes }: EntryFormat): DirectoryPart {
  const view = viewOf(bytes);
  const entries: Entry[] = [];
  if (bytes.length < HEADER) return { entries, damage: { at: 0, reason: 'size' } };
  const count = view.getUint8(0);
  const isWide = view.getUint8(1) > 0;
  const inodeBytes = isWide ? 8 : 4;
  let at = HEADER + inodeBytes;
  for (let index = 0; index < count; index += 1) {
    const damaged = (reason: string): DirectoryPart => ({ entries, damage: { at, reason } });
    const nameLength = at < bytes.length ? view.getUint8(at) : 0;
    const nameAt = at + FIXED;
    const inodeAt = nameAt + nameLength + (fileTypes ? 1 : 0);
    if (inodeAt + inodeBytes > bytes.length) return damaged('entry length');
    const name = bytes.subarray(nameAt, nameAt + nameLength);
    if (!isEntryName(name)) return damaged('name');
    const inode = isWide ? wideAt(view, inodeAt) : view.getUint32(inodeAt);
    if (!Number.isSafeInteger(inode)) return damaged('inode number');
    const type = fileTypes ? ENTRY_TYPES[view.getUint8(inodeAt - 1)] : undefined;
    entries.push({ inode, type, name: nameOfBytes(name) });
    at = inodeAt + inodeBytes;
  }
  return { entries };
}
