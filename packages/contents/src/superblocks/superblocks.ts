import type { Bytes } from '@ploop/descriptor';
import type { Reader, Steps } from '@ploop/descriptor/internal';

import { readBytes } from '../bytes/read-bytes.ts';

/** A piece of a place. */
interface Piece {
  readonly at: number;
  readonly length: number;
}

/** Where superblocks are, and how much of them is looked at. */
const PIECES: readonly Piece[] = [
  { at: 0, length: 2560 },
  { at: 4080, length: 272 },
  { at: 16_384, length: 1024 },
  { at: 32_768, length: 256 },
  { at: 65_520, length: 640 },
];

/** What is looked at in front of the partitions of a disk. */
export const DISK_PIECES: readonly Piece[] = [{ at: 3072, length: 512 }];

/** The bytes of a place in which superblocks can be. */
export interface Superblocks {
  /** `length` bytes at a position, if they are there and looked at. */
  readonly bytes: (at: number, length: number) => Uint8Array | undefined;
  /** The same as numbers. */
  readonly view: (at: number, length: number) => DataView | undefined;
  /** Whether the place has those characters, one a byte, at a position. */
  readonly has: (at: number, magic: string) => boolean;
}

/** Reads a few kilobytes of a place, where superblocks can be. */
export function* readSuperblocks(
  read: Reader,
  start: Bytes,
  length: Bytes,
  pieces: readonly Piece[] = PIECES,
): Steps<Superblocks> {
  const blocks: { readonly at: number; readonly bytes: Uint8Array }[] = [];
  for (const { at, length: most } of pieces) {
    const wanted = Math.min(most, length - at);
    if (wanted > 0) blocks.push({ at, bytes: yield* readBytes(read, start + at, wanted) });
  }
  const find = (at: number, count: number): Uint8Array | undefined => {
    const block = blocks.find((one) => at >= one.at && at + count <= one.at + one.bytes.length);
    return block?.bytes.subarray(at - block.at, at - block.at + count);
  };
  return {
    bytes: find,
    view: (at, count) => {
      const bytes = find(at, count);
      return bytes && new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    },
    has: (at, magic) => {
      const bytes = find(at, magic.length);
      return bytes !== undefined && latin1(bytes) === magic;
    },
  };
}

function latin1(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => String.fromCharCode(byte)).join('');
}
