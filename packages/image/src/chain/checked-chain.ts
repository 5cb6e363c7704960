import { rangeWithin } from '@ploop/descriptor/internal';

import type { ChainLayer } from './chain-layer.ts';
import type { Chain, ChainContent } from './open-chain.ts';
import { moved } from './open-parts.ts';
import { slicesOf } from './parts.ts';
import type { ClusterCheck } from './segments.ts';
import { windowSegments } from './window-segments.ts';
import { createWindowCache, createWindows } from './windows.ts';

/**
 * A chain that asks `check` about each cluster.
 *
 * @param layers - Those of the chain, in its order, which may be read in another way.
 */
export function checkedChain(
  { size, parts }: Pick<Chain, 'size' | 'parts'>,
  layers: readonly ChainLayer[],
  check: ClusterCheck,
): ChainContent {
  const cache = createWindowCache();
  let next = 0;
  const windowed = parts.map(({ start, end, clusterBytes, layers: { length }, missing }) => {
    const firstLayer = next;
    next += length;
    const own = layers.slice(firstLayer, next);
    const clusters = Math.ceil((own.at(-1)?.size ?? 0) / clusterBytes);
    const windows = createWindows(own, clusters, clusterBytes, cache);
    const read = { layers: own, clusterBytes, windows, check };
    return { start, end, firstLayer, read, ...(missing && { missing }) };
  });
  return {
    size,
    layers,
    segments: async function* (range = {}) {
      const { start, end } = rangeWithin(size, { start: range.start, end: range.end });
      for (const { part, ...slice } of slicesOf(windowed, start, end)) {
        const [from, to] = [slice.start - part.start, slice.end - part.start];
        for await (const batch of windowSegments(part.read, from, to))
          yield batch.map((segment) => moved(segment, part));
      }
    },
  };
}
