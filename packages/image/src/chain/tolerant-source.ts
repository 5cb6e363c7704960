import { DescriptorError } from '@ploop/descriptor';

import { firstEndingAfter } from './first-ending-after.ts';
import { refuseTooManyOpen, unreadable, type ImageSource } from '@ploop/descriptor/internal';

/** What a file system reads at a time: a bad sector makes all of it unreadable. */
const BLOCK_BYTES = 4096;
/** 16 GiB. */
const MOST_BLOCKS = 2 ** 22;

/** The first byte of a file that cannot be read, and the first one after it that can. */
export type ByteRun = readonly [start: number, end: number];

/** An image that is read whether or not all of it can be. */
export interface TolerantSource {
  /** Rejects where too much cannot be read, and with any DescriptorError of the source. */
  readonly source: ImageSource;
  /** What could not be read so far, in order. */
  readonly unreadable: () => readonly ByteRun[];
  /** Takes ranges for unreadable without trying them. */
  readonly assume: (runs: readonly ByteRun[]) => void;
}

/**
 * Reads around what cannot be read. In front of `tableEnd` it becomes bytes of 0xFF, which no table has as an entry that
 * is right; after it becomes zeros. No block that failed once is tried again.
 */
export function tolerantSource(source: ImageSource, tableEnd: number): TolerantSource {
  const bad = new Set<number>();
  let runs: readonly ByteRun[] | undefined;
  const add = (block: number): void => {
    bad.add(block);
    runs = undefined;
  };

  const replace = (target: Uint8Array, position: number): void => {
    const table = Math.min(target.length, Math.max(0, tableEnd - position));
    target.fill(0xff, 0, table).fill(0, table);
  };
  const hasBad = (first: number, end: number): boolean => {
    if (bad.size > 0)
      for (let block = first; block < end; block += 1) if (bad.has(block)) return true;
    return false;
  };
  const isRead = async (target: Uint8Array, position: number): Promise<boolean> => {
    try {
      return (await source.readAt(target, position)) === target.length;
    } catch (cause) {
      // Only what the system says of the bytes makes them lost: not that the file was replaced, closed or not opened.
      if (cause instanceof DescriptorError) throw cause;
      refuseTooManyOpen(source.file, cause);
      return false;
    }
  };
  const read = async (target: Uint8Array, position: number): Promise<void> => {
    if (target.length === 0) return;
    const first = Math.floor(position / BLOCK_BYTES);
    const end = Math.ceil((position + target.length) / BLOCK_BYTES);
    if (!hasBad(first, end) && (await isRead(target, position))) return;
    if (end - first === 1) {
      add(first);
      if (bad.size > MOST_BLOCKS) throw unreadable(source.file, 'too much of it cannot be read');
      replace(target, position);
      return;
    }
    const half = Math.floor((first + end) / 2) * BLOCK_BYTES - position;
    await read(target.subarray(0, half), position);
    await read(target.subarray(half), position + half);
  };

  const { file, bytes } = source;
  return {
    source: {
      file,
      bytes,
      readAt: async (target, position) => {
        await read(target, position);
        return target.length;
      },
    },
    unreadable: () => (runs ??= runsOf(bad)),
    assume: (known) => {
      for (const [start, end] of known)
        for (let at = start; at < end; at += BLOCK_BYTES) add(Math.floor(at / BLOCK_BYTES));
    },
  };
}

function runsOf(blocks: ReadonlySet<number>): readonly ByteRun[] {
  const runs: [number, number][] = [];
  for (const block of Float64Array.from(blocks).sort()) {
    const [start, last] = [block * BLOCK_BYTES, runs.at(-1)];
    if (last?.[1] === start) last[1] += BLOCK_BYTES;
    else runs.push([start, start + BLOCK_BYTES]);
  }
  return runs;
}

/** What of a range lies in runs that are in order. */
export function* runsWithin(
  runs: readonly ByteRun[],
  start: number,
  end: number,
): Generator<ByteRun> {
  const first = firstEndingAfter(runs.length, (index) => runs[index]?.[1] ?? 0, start);
  for (let index = first; index < runs.length; index += 1) {
    const [from, to] = runs[index] ?? [end, end];
    if (from >= end) return;
    yield [Math.max(start, from), Math.min(end, to)];
  }
}
