import { viewOf } from '../../../bytes/fields.ts';
import type { Superblock } from '../layout/superblock.ts';

const MAGIC = { plain: 0x41425442, checked: 0x41423342 };
const HEADER = { plain: 16, checked: 56 };
const RECORD = 8;
const POINTER = 4;

/** Where a block of the tree has its checksum, in version 5. */
export const TREE_CHECKSUM = 52;

/** A block of the tree of free space of a group: free extents, or blocks below, all counted from the group's first block. */
export type FreeBlock =
  | { readonly level: 0; readonly extents: readonly (readonly [start: number, count: number])[] }
  | { readonly level: number; readonly children: readonly number[] };

/** A block of the tree, or why it is not one. */
export function parseFreeBlock(
  bytes: Uint8Array,
  { features: { checksums }, blockSize }: Superblock,
): FreeBlock | string {
  const view = viewOf(bytes);
  const kind = checksums ? 'checked' : 'plain';
  if (view.getUint32(0) !== MAGIC[kind]) return 'it is not one';
  const [level, count] = [view.getUint16(4), view.getUint16(6)];
  const header = HEADER[kind];
  if (level > 0) {
    const most = Math.floor((blockSize - header) / (RECORD + POINTER));
    if (count === 0 || count > most) return 'its number of entries is impossible';
    const at = header + most * RECORD;
    const pointerAt = (index: number): number => view.getUint32(at + index * POINTER);
    return { level, children: Array.from({ length: count }, (_, index) => pointerAt(index)) };
  }
  if (header + count * RECORD > blockSize) return 'its number of entries is impossible';
  const extentAt = (index: number): readonly [number, number] => [
    view.getUint32(header + index * RECORD),
    view.getUint32(header + index * RECORD + 4),
  ];
  return { level: 0, extents: Array.from({ length: count }, (_, index) => extentAt(index)) };
}
