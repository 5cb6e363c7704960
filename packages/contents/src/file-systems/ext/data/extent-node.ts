import { viewOf } from '../../../bytes/fields.ts';

const MAGIC = 0xf30a;
const HEADER = 12;
const ENTRY = 12;
/** Longer extents are allocated, but not written. */
const MOST_WRITTEN = 32_768;

/** A node of an extent tree; lists of equal length, in the order of the file. Counted in blocks. */
export interface ExtentNode {
  readonly depth: number;
  /** Where each entry begins in the file. */
  readonly first: Float64Array;
  /** Of each entry, in a leaf. */
  readonly length: Float64Array;
  /** Where each extent is on the device, or the block of the child. */
  readonly at: Float64Array;
  readonly isUnwritten: Uint8Array;
  /** Where the checksum is, if the node is a block of its own. */
  readonly end: number;
}

/** Blocks of a file in one place. */
export interface Extent {
  /** Where it begins in the file. */
  readonly first: number;
  readonly length: number;
  readonly at: number;
  readonly isUnwritten: boolean;
}

/** The extent that is stored in 12 bytes. */
export function parseExtent(view: DataView, at: number): Extent {
  const stored = view.getUint16(at + 4, true);
  const isUnwritten = stored > MOST_WRITTEN;
  return {
    first: view.getUint32(at, true),
    length: isUnwritten ? stored - MOST_WRITTEN : stored,
    at: view.getUint32(at + 8, true) + view.getUint16(at + 6, true) * 2 ** 32,
    isUnwritten,
  };
}

/** The node in its bytes, or why it is not one. */
export function parseExtentNode(bytes: Uint8Array): ExtentNode | string {
  const view = viewOf(bytes);
  const u16 = (at: number): number => view.getUint16(at, true);
  if (bytes.length < HEADER || u16(0) !== MAGIC) return 'magic';
  const [entries, most, depth] = [u16(2), u16(4), u16(6)];
  const end = HEADER + most * ENTRY;
  if (entries > most || end > bytes.length) return 'entries';
  if (depth > 5) return 'depth';
  const node = {
    ...{ depth, end },
    first: new Float64Array(entries),
    length: new Float64Array(entries),
    at: new Float64Array(entries),
    isUnwritten: new Uint8Array(entries),
  };
  let from = 0;
  for (let index = 0; index < entries; index += 1) {
    const entry = HEADER + index * ENTRY;
    const first = view.getUint32(entry, true);
    if (first < from) return 'order';
    node.first[index] = first;
    if (depth > 0) {
      node.at[index] = view.getUint32(entry + 4, true) + u16(entry + 8) * 2 ** 32;
      from = first + 1;
      continue;
    }
    const { length, at, isUnwritten } = parseExtent(view, entry);
    node.isUnwritten[index] = isUnwritten ? 1 : 0;
    [node.length[index], node.at[index]] = [length, at];
    if (length === 0) return 'length';
    from = first + length;
  }
  return node;
}
