import { runAsync } from '@ploop/descriptor/internal';

import type { ChainLayer } from './chain-layer.ts';
import { resolve } from './resolve.ts';
import type { FoundSegment } from './segment.ts';

/** Clusters resolved at a time. */
const WINDOW_CLUSTERS = 8_192;
/** Segments that are kept: some 32 MiB, 256 GiB of disk with clusters of 1 MiB that are all apart. */
const MOST_SEGMENTS = 2 ** 18;
/** How many clusters to look for data at a time: 64 MiB of a block table. */
const MOST_SKIPPED = 2 ** 24;

/** Where the bytes of a part of a disk are. */
interface Window {
  readonly segments: readonly FoundSegment[];
  /** Whether no layer has any of them. */
  readonly isEmpty: boolean;
}

/** The windows of a chain, the last used ones kept. */
export interface Windows {
  /** Bytes of the disk in a window; each begins at a multiple of it. */
  readonly bytes: number;
  /** The window of a byte, if it is at hand. */
  readonly kept: (byte: number) => Window | undefined;
  /** The window of a byte, resolved if it is not at hand. */
  readonly load: (byte: number) => Promise<Window>;
  /**
   * First byte of a window, after that of `byte`, in which there can be data: the windows before it hold none. At most
   * 16 Mi clusters away, so that the caller can stop in between.
   */
  readonly nextData: (byte: number) => Promise<number>;
}

/** Keeps the windows of all parts of a disk, so that memory does not depend on how many there are. */
export interface WindowCache {
  readonly get: (number: number) => Window | undefined;
  readonly set: (number: number, window: Window) => void;
  /** Takes numbers for `count` windows and returns the first. */
  readonly reserve: (count: number) => number;
}

/** A cache of nothing yet. */
export function createWindowCache(): WindowCache {
  const kept = new Map<number, Window>();
  let next = 0;
  let segments = 0;
  const drop = (number: number): void => {
    segments -= kept.get(number)?.segments.length ?? 0;
    kept.delete(number);
  };
  return {
    get: (number) => {
      const window = kept.get(number);
      if (window === undefined) return undefined;
      // What was used last goes last.
      kept.delete(number);
      kept.set(number, window);
      return window;
    },
    set: (number, window) => {
      drop(number);
      kept.set(number, window);
      segments += window.segments.length;
      for (const oldest of kept.keys()) {
        if (segments <= MOST_SEGMENTS || oldest === number) return;
        drop(oldest);
      }
    },
    reserve: (count) => {
      const first = next;
      next += count;
      return first;
    },
  };
}

/** The windows of a disk of `size` bytes over `layers`, base first. */
export function createWindows(
  layers: readonly Pick<ChainLayer, 'image'>[],
  size: number,
  clusterBytes: number,
  cache: WindowCache,
): Windows {
  const bytes = WINDOW_CLUSTERS * clusterBytes;
  const base = cache.reserve(Math.ceil(size / bytes));
  const numberOf = (byte: number): number => base + Math.floor(byte / bytes);
  const pending = new Map<number, Promise<Window>>();

  async function resolved(number: number): Promise<Window> {
    try {
      const start = (number - base) * bytes;
      const end = Math.min(start + bytes, Math.ceil(size / clusterBytes) * clusterBytes);
      const segments = await runAsync(resolve(layers, start, end));
      const isEmpty = segments.every(
        ({ layer, zeroLayer }) => layer === -1 && zeroLayer === undefined,
      );
      const window = { segments, isEmpty };
      cache.set(number, window);
      return window;
    } finally {
      pending.delete(number);
    }
  }

  async function nextData(byte: number): Promise<number> {
    const first = (Math.floor(byte / bytes) + 1) * bytes;
    let end = Math.min(size, first + MOST_SKIPPED * clusterBytes);
    for (const { image } of layers) {
      if (end <= first) break;
      end = await image.nextAllocated(first, end);
    }
    return end === size ? end : Math.max(first, end - (end % bytes));
  }

  return {
    bytes,
    nextData,
    kept: (byte) => cache.get(numberOf(byte)),
    load: (byte) => {
      const number = numberOf(byte);
      const window = cache.get(number);
      if (window !== undefined) return Promise.resolve(window);
      const begun = pending.get(number) ?? resolved(number);
      pending.set(number, begun);
      return begun;
    },
  };
}
