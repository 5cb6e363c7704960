import type { ReadAt } from '@ploop/descriptor/internal';

import { openFileSystem } from '../../src/index.ts';
import type { Sparse } from '../xfs/sparse.ts';

const PAGE = 4096;
/** A file with more of them has data everywhere: it would take long, and has nothing else. */
const MOST_EXTENTS = 4096;

/** A word of metadata, and what becomes of it. */
export interface FieldChange {
  readonly at: number;
  readonly width: 1 | 2 | 4;
  readonly value: number;
}

/**
 * Positions of words in all pages that have something and are not content of files: the words that are not zero, and one
 * in sixteen of the others.
 */
export async function fieldsOf({ pages, size }: Sparse, readAt: ReadAt): Promise<Float64Array> {
  const content = await contentPages(readAt, size);
  const places: number[] = [];
  for (const [index, page] of pages) {
    if (content.has(index)) continue;
    const view = new DataView(page.buffer, page.byteOffset, page.length);
    for (let at = 0; at + 4 <= page.length; at += 4)
      if (view.getUint32(at) !== 0 || at % 64 === 0) places.push(index * PAGE + at);
  }
  return Float64Array.from(places);
}

/** Pages that hold content of files, and nothing else. */
async function contentPages(readAt: ReadAt, size: number): Promise<ReadonlySet<number>> {
  const pages = new Set<number>();
  const fileSystem = await openFileSystem(readAt, { size });
  for await (const { path, stat } of fileSystem.walk('/')) {
    if (stat?.type !== 'file') continue;
    const file = await fileSystem.open(path);
    let count = 0;
    for await (const { at, length } of file.extents()) {
      count += 1;
      if (count > MOST_EXTENTS) break;
      if (at === undefined) continue;
      const end = Math.floor((at + length) / PAGE);
      for (let index = Math.ceil(at / PAGE); index < end; index += 1) pages.add(index);
    }
  }
  return pages;
}

/** A sequence of numbers from 0 to before 1 that a seed decides. */
export function numbersFrom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

const WIDTHS = [1, 2, 2, 4, 4, 4] as const;

/** What becomes of a field: an extreme, a neighbour of what it was, one bit of it, a small number, or any. */
export function changeOf(at: number, old: (at: number) => number, next: () => number): FieldChange {
  const pick = <Item>(items: readonly Item[]): Item | undefined =>
    items[Math.floor(next() * items.length)];
  const width = pick(WIDTHS) ?? 4;
  const place = at + width * Math.floor((next() * 4) / width);
  const bits = 8 * width;
  let was = 0;
  for (let index = width - 1; index >= 0; index -= 1) was = was * 256 + old(place + index);
  const value = pick([
    ...[0, 1, 2 ** bits - 1, 2 ** (bits - 1), 2 ** (bits - 1) - 1],
    ...[was + 1, was - 1, was * 2, was + 256, was - 256],
    was + 2 ** Math.floor(next() * bits) * (next() < 0.5 ? 1 : -1),
    Math.floor(next() * 4096),
    Math.floor(next() * 2 ** bits),
  ]);
  return { at: place, width, value: (value ?? 0) % 2 ** bits };
}

/** Notes the bytes of a change. */
export function applyChange(changed: Map<number, number>, { at, width, value }: FieldChange): void {
  for (let index = 0; index < width; index += 1)
    changed.set(at + index, Math.floor(value / 256 ** index) & 0xff);
}
