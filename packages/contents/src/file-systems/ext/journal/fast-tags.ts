import { viewOf } from '../../../bytes/fields.ts';
import { parseExtent, type Extent } from '../data/extent-node.ts';

const HEADER = 4;
const EXTENT_BYTES = 12;
const TAG = {
  addRange: 1,
  deleteRange: 2,
  create: 3,
  link: 4,
  unlink: 5,
  inode: 6,
  tail: 8,
  head: 9,
} as const;
/** Bytes of a tail that count for its checksum: the header and the transaction. */
const TAIL_CHECKED = 8;
/** The least that a tag of a kind holds. */
const LEAST: Readonly<Record<number, number>> = {
  [TAG.addRange]: 4 + EXTENT_BYTES,
  [TAG.deleteRange]: 12,
  [TAG.create]: 9,
  [TAG.link]: 9,
  [TAG.unlink]: 9,
  [TAG.inode]: 4 + 128,
  [TAG.tail]: 8,
  [TAG.head]: 8,
};

/** One change of a fast commit. Blocks count within the file. */
export type FastTag =
  | { readonly kind: 'head'; readonly features: number; readonly transaction: number }
  | { readonly kind: 'tail'; readonly transaction: number; readonly checksum: number }
  | { readonly kind: 'add-range'; readonly inode: number; readonly extent: Extent }
  | {
      readonly kind: 'delete-range';
      readonly inode: number;
      readonly first: number;
      readonly length: number;
    }
  | {
      readonly kind: 'create' | 'link' | 'unlink';
      readonly parent: number;
      readonly inode: number;
      readonly name: Uint8Array;
    }
  | { readonly kind: 'inode'; readonly inode: number; readonly bytes: Uint8Array }
  | { readonly kind: 'other' };

/** A tag and where it ends in its block. */
export interface PlacedTag {
  readonly tag: FastTag;
  /** Its bytes as the checksum takes them. */
  readonly checked: Uint8Array;
  readonly end: number;
}

/** The tag that begins at a place of a block; `undefined` if none does. */
export function tagAt(block: Uint8Array, at: number): PlacedTag | undefined {
  if (at + HEADER > block.length) return undefined;
  const view = viewOf(block);
  const [number, length] = [view.getUint16(at, true), view.getUint16(at + 2, true)];
  const start = at + HEADER;
  const end = start + length;
  if (number === 0 || end > block.length || length < (LEAST[number] ?? 0)) return undefined;
  const tag = tagOf(number, block.subarray(start, end));
  const checked = block.subarray(at, tag.kind === 'tail' ? at + TAIL_CHECKED : end);
  return { tag, checked, end };
}

function tagOf(number: number, bytes: Uint8Array): FastTag {
  const view = viewOf(bytes);
  const u32 = (at: number): number => view.getUint32(at, true);
  switch (number) {
    case TAG.head:
      return { kind: 'head', features: u32(0), transaction: u32(4) };
    case TAG.tail:
      return { kind: 'tail', transaction: u32(0), checksum: u32(4) };
    case TAG.addRange:
      return { kind: 'add-range', inode: u32(0), extent: parseExtent(view, 4) };
    case TAG.deleteRange:
      return { kind: 'delete-range', inode: u32(0), first: u32(4), length: u32(8) };
    case TAG.inode:
      return { kind: 'inode', inode: u32(0), bytes: bytes.slice(4) };
    case TAG.create:
    case TAG.link:
    case TAG.unlink: {
      const kind = ({ 3: 'create', 4: 'link', 5: 'unlink' } as const)[number];
      return { kind, parent: u32(0), inode: u32(4), name: bytes.slice(8) };
    }
    default:
      return { kind: 'other' };
  }
}
