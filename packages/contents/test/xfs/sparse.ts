import { openSync, readSync, closeSync, fstatSync } from 'node:fs';

import type { ReadAt } from '@ploop/descriptor/internal';

const PAGE = 4096;
const SECTOR = 512;
const CHUNK = 2 ** 20;
const ZEROS = Buffer.alloc(PAGE);

/** Beginnings of metadata, and how far into its sector they are. */
const MAGICS = [
  ...['XFSB', 'XD2B', 'XD2D', 'XDB3', 'XDD3', 'BMAP', 'BMA3', 'XSLM', 'XARM', 'IN'].map((text) => ({
    at: 0,
    bytes: Buffer.from(text),
  })),
  ...[0xfbee, 0xfebe, 0x3bee, 0x3ebe].map((magic) => ({
    at: 8,
    bytes: Buffer.of(magic >>> 8, magic & 0xff),
  })),
];

/** A file that is mostly zeros, in memory: the pages that are not. */
export interface Sparse {
  readonly size: number;
  readonly pages: ReadonlyMap<number, Uint8Array>;
  /** Positions of words of metadata that are not zero. */
  readonly used: readonly number[];
}

/** Takes a file into memory. */
export function sparseOf(path: string): Sparse {
  const file = openSync(path, 'r');
  const { size } = fstatSync(file);
  const pages = new Map<number, Uint8Array>();
  const used: number[] = [];
  for (let at = 0; at < size; at += CHUNK) {
    const chunk = Buffer.alloc(Math.min(CHUNK, size - at));
    readSync(file, chunk, 0, chunk.length, at);
    for (let from = 0; from < chunk.length; from += PAGE) {
      const page = chunk.subarray(from, from + PAGE);
      if (page.equals(ZEROS.subarray(0, page.length))) continue;
      pages.set((at + from) / PAGE, Uint8Array.from(page));
      if (isMetadata(page))
        for (let word = 0; word < page.length; word += 4)
          if (page.readUInt32LE(word) !== 0) used.push(at + from + word);
    }
  }
  closeSync(file);
  return { size, pages, used };
}

function isMetadata(page: Buffer): boolean {
  for (let sector = 0; sector < page.length; sector += SECTOR)
    for (const { at, bytes } of MAGICS)
      if (page.compare(bytes, 0, bytes.length, sector + at, sector + at + bytes.length) === 0)
        return true;
  return false;
}

/** Reads such a file, some of whose bytes are others now; counts what is read, and fails beyond the end. */
export function sparseReader(
  { size, pages }: Sparse,
  changed: ReadonlyMap<number, number>,
): { readonly readAt: ReadAt; readonly read: { bytes: number } } {
  const read = { bytes: 0 };
  const readAt: ReadAt = (target, position) => {
    if (!Number.isSafeInteger(position) || position < 0 || position + target.length > size)
      throw new Error(`a read of ${String(target.length)} bytes at ${String(position)}`);
    read.bytes += target.length;
    for (let at = position; at < position + target.length;) {
      const index = Math.floor(at / PAGE);
      const end = Math.min((index + 1) * PAGE, position + target.length);
      const page = pages.get(index)?.subarray(at - index * PAGE, end - index * PAGE);
      if (page === undefined) target.fill(0, at - position, end - position);
      else target.set(page, at - position);
      at = end;
    }
    for (const [at, byte] of changed)
      if (at >= position && at < position + target.length) target[at - position] = byte;
    return Promise.resolve(target.length);
  };
  return { readAt, read };
}
