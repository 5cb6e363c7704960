import { DescriptorError } from '@ploop/descriptor';

import { faultOfEntry } from '../formats/ploop/table/entry.ts';
import type { ChainLayer } from './chain-layer.ts';
import type { Window } from './windows.ts';

/** Bytes of a disk that lie together in one file, or nowhere. */
export interface Segment {
  /** Byte of the disk. */
  readonly start: number;
  length: number;
  /** Index of the layer that holds them; -1: none does, they read as zero. */
  readonly layer: number;
  /** Byte of the file of that layer; -1 where there is none. */
  readonly offset: number;
}

/**
 * Decides how many bytes of an allocated cluster count, from its first one on; the rest reads as zero. Throws where
 * nothing may be guessed.
 */
export type ClusterCheck = (layer: ChainLayer, cluster: number, entry: number) => number;

/**
 * All of a cluster, if its entry is right.
 *
 * @throws DescriptorError with code `CLUSTER_BEFORE_DATA`, `CLUSTER_BEYOND_END` or `CLUSTER_MISALIGNED`.
 */
export const soundOnly: ClusterCheck = ({ source, layout }, cluster, entry) => {
  const fault = layout && faultOfEntry(source.file, layout, cluster, entry);
  if (fault !== undefined) throw new DescriptorError([fault]);
  return Infinity;
};

/**
 * The segments from byte `start` to byte `end` of the disk, all within `window`.
 *
 * @throws what `check` throws.
 */
export function segmentsOf(
  layers: readonly ChainLayer[],
  clusterBytes: number,
  window: Window,
  start: number,
  end: number,
  check: ClusterCheck = soundOnly,
): readonly Segment[] {
  const segments: Segment[] = [];
  let last: Segment | undefined;
  const add = (at: number, length: number, layer: number, offset: number): void => {
    if (last?.layer === layer && (layer === -1 || last.offset + last.length === offset)) {
      last.length += length;
      return;
    }
    last = { start: at, length, layer, offset };
    segments.push(last);
  };

  for (let at = start; at < end;) {
    const cluster = Math.floor(at / clusterBytes);
    const until = Math.min(end, (cluster + 1) * clusterBytes);
    const owner = window.owners[cluster - window.first] ?? 0;
    const layer = layers[owner - 1];
    if (layer === undefined) add(at, until - at, -1, -1);
    else {
      const entry = window.entries[cluster - window.first] ?? 0;
      const first = cluster * clusterBytes;
      const offset = layer.layout === undefined ? first : entry * layer.layout.entryBytes;
      const counting = first + check(layer, cluster, entry);
      // A layer may end within a cluster, and the layers above it may be larger.
      const layerEnd = layer.layout === undefined ? layer.source.bytes : layer.size;
      const stop = Math.max(at, Math.min(until, layerEnd, counting));
      if (stop > at) add(at, stop - at, owner - 1, offset + (at - first));
      if (until > stop) add(stop, until - stop, -1, -1);
    }
    at = until;
  }
  return segments;
}
