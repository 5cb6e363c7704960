import { runAsync, type Steps } from '@ploop/descriptor/internal';

import { batAt, nextAllocated } from '../formats/ploop/table/bat.ts';
import type { ChainLayer } from './chain-layer.ts';

/** Clusters resolved at a time. */
export const WINDOW_CLUSTERS = 8_192;
/** Windows kept: 12 MiB, 2 TiB of disk with clusters of 1 MiB. */
const MOST_WINDOWS = 256;

/** How far to look for data at a time: 64 MiB of a table. */
const MOST_SKIPPED = 2 ** 24;

/** Which layer holds each of some clusters, and where. */
export interface Window {
  /** The virtual cluster of the first. */
  readonly first: number;
  /** Index of the layer, plus 1; 0 where none holds the cluster. */
  readonly owners: Uint16Array;
  /** The entry of the BAT of that layer. */
  readonly entries: Uint32Array;
  /** Whether no layer holds any of them. */
  readonly isEmpty: boolean;
}

/** The windows of a chain, the last used ones kept. */
export interface Windows {
  /** The window of a cluster, where it is at hand. */
  readonly kept: (cluster: number) => Window | undefined;
  /** The window of a cluster, read where it is not at hand. */
  readonly load: (cluster: number) => Promise<Window>;
  /**
   * First cluster of a window, after that of `cluster`, in which there can be data: the windows before it hold none. At
   * most 16 Mi clusters away, so that whoever asks can stop in between.
   */
  readonly nextData: (cluster: number) => Promise<number>;
}

/** Keeps the windows of all parts of a disk, so that memory does not depend on how many there are. */
export interface WindowCache {
  /** By number; the numbers of each part begin where those of the part before it end. */
  readonly kept: Map<number, Window>;
  /** Takes numbers for `count` windows and returns the first. */
  readonly reserve: (count: number) => number;
}

/** A cache of nothing yet. */
export function createWindowCache(): WindowCache {
  let next = 0;
  return {
    kept: new Map(),
    reserve: (count) => {
      const first = next;
      next += count;
      return first;
    },
  };
}

/** The windows of `clusters` clusters over `layers`, base first. */
export function createWindows(
  layers: readonly ChainLayer[],
  clusters: number,
  clusterBytes: number,
  { kept, reserve }: WindowCache,
): Windows {
  const base = reserve(Math.ceil(clusters / WINDOW_CLUSTERS));
  const numberOf = (cluster: number): number => base + Math.floor(cluster / WINDOW_CLUSTERS);
  const pending = new Map<number, Promise<Window>>();

  async function resolve(number: number): Promise<Window> {
    try {
      const first = (number - base) * WINDOW_CLUSTERS;
      const count = Math.min(WINDOW_CLUSTERS, clusters - first);
      const window = await runAsync(windowAt(layers, first, count, clusterBytes));
      kept.set(number, window);
      const [oldest] = kept.keys();
      if (kept.size > MOST_WINDOWS && oldest !== undefined) kept.delete(oldest);
      return window;
    } finally {
      pending.delete(number);
    }
  }

  async function nextData(cluster: number): Promise<number> {
    const first = (Math.floor(cluster / WINDOW_CLUSTERS) + 1) * WINDOW_CLUSTERS;
    let end = Math.min(clusters, first + MOST_SKIPPED);
    for (const { source, layout, size } of layers) {
      if (layout === undefined) end = size > first * clusterBytes ? Math.min(end, first) : end;
      else if (first < layout.clusters) {
        const most = Math.min(end, layout.clusters);
        const found = await nextAllocated(source, first, most);
        if (found < most) end = found;
      }
    }
    return end === clusters ? end : Math.max(first, end - (end % WINDOW_CLUSTERS));
  }

  return {
    nextData,
    kept: (cluster) => kept.get(numberOf(cluster)),
    load: (cluster) => {
      const number = numberOf(cluster);
      const window = kept.get(number);
      if (window !== undefined) {
        // What was used last goes last.
        kept.delete(number);
        kept.set(number, window);
        return Promise.resolve(window);
      }
      const begun = pending.get(number) ?? resolve(number);
      pending.set(number, begun);
      return begun;
    },
  };
}

/** The window of `count` clusters from cluster `first` on. */
export function* windowAt(
  layers: readonly ChainLayer[],
  first: number,
  count: number,
  clusterBytes: number,
): Steps<Window> {
  const owners = new Uint16Array(count);
  const entries = new Uint32Array(count);
  let open = count;
  for (let index = layers.length - 1; index >= 0 && open > 0; index -= 1) {
    const layer = layers[index];
    if (layer === undefined) break;
    // A cluster beyond the end of a layer is looked for further down, as the tool does when it merges.
    const clusters = layer.layout?.clusters ?? Math.ceil(layer.size / clusterBytes);
    const there = Math.min(count, clusters - first);
    if (there <= 0) continue;
    const bat = layer.layout === undefined ? undefined : yield* batAt(layer.source, first, there);
    for (let at = 0; at < there; at += 1) {
      if (owners[at] !== 0) continue;
      const entry = bat?.[at];
      if (entry === 0) continue;
      owners[at] = index + 1;
      entries[at] = entry ?? 0;
      open -= 1;
    }
  }
  return { first, owners, entries, isEmpty: open === count };
}
