import { viewOf } from '../../../bytes/fields.ts';

/** Flags of an attribute. */
const FLAG = { local: 0x1, trusted: 0x2, security: 0x4, incomplete: 0x80 };
/** With any other flag an attribute is the file system's own, such as one that names a parent. */
const SHOWN = FLAG.local | FLAG.trusted | FLAG.security;

const SHORT = { header: 4, entry: 3 };
/** Headers of leaves: where the number of entries is, and where they begin. */
const LEAVES = {
  plain: { magic: 0xfbee, count: 12, entries: 32 },
  checked: { magic: 0x3bee, count: 56, entries: 80 },
};
const NODES = {
  plain: { magic: 0xfebe, count: 12, entries: 16 },
  checked: { magic: 0x3ebe, count: 56, entries: 64 },
};
const ENTRY = 8;
const LOCAL_HEADER = 3;
const REMOTE_HEADER = 9;

/** Where a block of attributes says what it is. */
export const ATTRIBUTE_IDENTITY = { checksum: 12, place: 16, uuid: 32, owner: 48 };

/** An attribute; its value is here, or begins at a block of the fork. */
export interface StoredXattr {
  readonly namespace: string;
  readonly name: Uint8Array;
  readonly value: Uint8Array | { readonly block: number; readonly length: number };
}

/** Attributes, and whether some of them could not be read. */
export interface XattrList {
  readonly entries: readonly StoredXattr[];
  readonly isDamaged: boolean;
}

/** A block of the tree of attributes: the blocks of its children, from a level on, or attributes. */
export type XattrBlock =
  | { readonly level: number; readonly children: readonly number[] }
  | { readonly level: 0; readonly list: XattrList };

/** Attributes that an inode holds. */
export function parseShortForm(bytes: Uint8Array): XattrList {
  const view = viewOf(bytes);
  const entries: StoredXattr[] = [];
  const isThere = bytes.length >= SHORT.header;
  const end = isThere ? view.getUint16(0) : 0;
  const count = isThere ? view.getUint8(2) : 0;
  if (end > bytes.length) return { entries, isDamaged: true };
  let at = SHORT.header;
  for (let index = 0; index < count; index += 1) {
    const nameAt = at + SHORT.entry;
    if (nameAt > end) return { entries, isDamaged: true };
    const valueAt = nameAt + view.getUint8(at);
    const next = valueAt + view.getUint8(at + 1);
    if (next > end) return { entries, isDamaged: true };
    const namespace = namespaceOf(view.getUint8(at + 2));
    const name = bytes.subarray(nameAt, valueAt);
    if (namespace !== undefined)
      entries.push({ namespace, name, value: bytes.slice(valueAt, next) });
    at = next;
  }
  return { entries, isDamaged: false };
}

/** A block of the tree of attributes; `undefined` if it is not one. */
export function parseXattrBlock(bytes: Uint8Array, checksums: boolean): XattrBlock | undefined {
  const view = viewOf(bytes);
  const [leaf, node] = checksums ? [LEAVES.checked, NODES.checked] : [LEAVES.plain, NODES.plain];
  const magic = view.getUint16(8);
  if (magic === leaf.magic) {
    const count = view.getUint16(leaf.count);
    return { level: 0, list: parseLeaf(bytes, leaf.entries, count) };
  }
  const count = view.getUint16(node.count);
  const level = view.getUint16(node.count + 2);
  if (magic !== node.magic || level === 0 || node.entries + count * ENTRY > bytes.length)
    return undefined;
  const childAt = (index: number): number => view.getUint32(node.entries + index * ENTRY + 4);
  return { level, children: Array.from({ length: count }, (_, index) => childAt(index)) };
}

function parseLeaf(bytes: Uint8Array, start: number, count: number): XattrList {
  const view = viewOf(bytes);
  const entries: StoredXattr[] = [];
  let isDamaged = false;
  for (let index = 0; index < count; index += 1) {
    const at = start + index * ENTRY;
    if (at + ENTRY > bytes.length) return { entries, isDamaged: true };
    const flags = view.getUint8(at + 6);
    const namespace = namespaceOf(flags);
    if (namespace === undefined) continue;
    const stored = valueIn(bytes, view.getUint16(at + 4), (flags & FLAG.local) !== 0);
    if (stored === undefined) isDamaged = true;
    else entries.push({ namespace, ...stored });
  }
  return { entries, isDamaged };
}

/** Name and value at a place of a leaf. */
function valueIn(
  bytes: Uint8Array,
  at: number,
  isLocal: boolean,
): Pick<StoredXattr, 'name' | 'value'> | undefined {
  const view = viewOf(bytes);
  const nameAt = at + (isLocal ? LOCAL_HEADER : REMOTE_HEADER);
  if (nameAt > bytes.length) return undefined;
  const nameEnd = nameAt + view.getUint8(nameAt - 1);
  const end = isLocal ? nameEnd + view.getUint16(at) : nameEnd;
  if (nameEnd === nameAt || end > bytes.length) return undefined;
  const value = isLocal
    ? bytes.slice(nameEnd, end)
    : { block: view.getUint32(at), length: view.getUint32(at + 4) };
  return { name: bytes.slice(nameAt, nameEnd), value };
}

/** What programs see in front of a name; `undefined` for what they do not see. */
function namespaceOf(flags: number): string | undefined {
  if ((flags & ~SHOWN) !== 0) return undefined;
  if ((flags & FLAG.security) !== 0) return 'security.';
  return (flags & FLAG.trusted) === 0 ? 'user.' : 'trusted.';
}
