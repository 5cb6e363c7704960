import { viewOf, wideAt } from '../../../bytes/fields.ts';

const EXTENT = 16;
const POINTER = 8;
const ROOT_HEADER = 4;
/** No tree of XFS is higher. */
const MOST_LEVELS = 9;

/** Headers of the blocks of extent trees, without checksums and with them. */
const HEADERS = {
  plain: { magic: 0x424d4150, length: 24 },
  checked: { magic: 0x424d4133, length: 72 },
};

/** Where a block of an extent tree says what it is. */
export const TREE_IDENTITY = { checksum: 64, place: 24, uuid: 40, owner: 56 };

/** A node of an extent tree; lists of equal length, in the order of the file. Counted in blocks. */
export interface ExtentNode {
  /** 0 for lists of extents. */
  readonly level: number;
  /** Where each entry begins in the file. */
  readonly first: Float64Array;
  /** One entry for each extent. */
  readonly length: Float64Array;
  /** Number of the block of each extent or child, which names its group. */
  readonly at: Float64Array;
  readonly isUnwritten: Uint8Array;
}

/** The extents in the beginning of bytes, or why they cannot be. */
export function parseExtents(bytes: Uint8Array, count: number): ExtentNode | string {
  if (count * EXTENT > bytes.length) return 'number of extents';
  const view = viewOf(bytes);
  const node = emptyNode(0, count);
  let from = 0;
  for (let index = 0; index < count; index += 1) {
    const at = index * EXTENT;
    const [high, low] = [view.getUint32(at), view.getUint32(at + 4)];
    const [next, last] = [view.getUint32(at + 8), view.getUint32(at + 12)];
    const first = (high & 0x7fffffff) * 2 ** 23 + (low >>> 9);
    const length = last & 0x1fffff;
    if (first < from) return 'order';
    if (length === 0) return 'length';
    node.first[index] = first;
    node.length[index] = length;
    node.at[index] = (low & 0x1ff) * 2 ** 43 + next * 2 ** 11 + (last >>> 21);
    node.isUnwritten[index] = high >>> 31;
    from = first + length;
  }
  return node;
}

/** The root of a tree, in an inode, or why it is not one. */
export function parseRoot(bytes: Uint8Array): ExtentNode | string {
  const view = viewOf(bytes);
  const level = view.getUint16(0);
  if (level === 0) return 'level';
  return parseChildren(bytes, { level, count: view.getUint16(2), header: ROOT_HEADER });
}

/** The node in a block of its own, or why it is not one. */
export function parseTreeBlock(bytes: Uint8Array, hasChecksums: boolean): ExtentNode | string {
  const view = viewOf(bytes);
  const { magic, length: header } = hasChecksums ? HEADERS.checked : HEADERS.plain;
  if (view.getUint32(0) !== magic) return 'magic';
  const [level, count] = [view.getUint16(4), view.getUint16(6)];
  return level === 0
    ? parseExtents(bytes.subarray(header), count)
    : parseChildren(bytes, { level, count, header });
}

/** Positions in the file, then the blocks of the children, with the place that each list can take. */
function parseChildren(
  bytes: Uint8Array,
  {
    level,
    count,
    header,
  }: { readonly level: number; readonly count: number; readonly header: number },
): ExtentNode | string {
  const most = Math.floor((bytes.length - header) / (2 * POINTER));
  if (count === 0 || count > most) return 'number of entries';
  if (level > MOST_LEVELS) return 'level';
  const view = viewOf(bytes);
  const node = emptyNode(level, count);
  let from = 0;
  for (let index = 0; index < count; index += 1) {
    const first = wideAt(view, header + index * POINTER);
    if (first < from || !Number.isSafeInteger(first)) return 'order';
    node.first[index] = first;
    node.at[index] = wideAt(view, header + (most + index) * POINTER);
    from = first + 1;
  }
  return node;
}

function emptyNode(level: number, count: number): ExtentNode {
  return {
    level,
    first: new Float64Array(count),
    length: new Float64Array(level === 0 ? count : 0),
    at: new Float64Array(count),
    isUnwritten: new Uint8Array(level === 0 ? count : 0),
  };
}
