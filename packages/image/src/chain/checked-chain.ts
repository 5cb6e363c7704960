import { rangeWithin } from '@ploop/descriptor/internal';

import type { ChainLayer } from './chain-layer.ts';
import type { DamageRule } from './found-segments.ts';
import type { Chain, ChainContent } from './open-chain.ts';
import { moved } from './open-parts.ts';
import { slicesOf } from './parts.ts';
import { windowSegments } from './window-segments.ts';
import { createWindowCache, createWindows } from './windows.ts';

/** Where a part of a disk is. */
export interface PlacedPart {
  /** First byte of the disk. */
  readonly start: number;
  /** First byte of the disk after it. */
  readonly end: number;
  /** Index of its first layer among those of all parts. */
  readonly firstLayer: number;
}

/** The rule for the segments of a part, whose bytes and layers count from those of the part. */
type PartRule = (part: PlacedPart) => DamageRule;

/**
 * A chain whose layers are read in another way, or whose damage is.
 *
 * @param layers - Those of the chain, in its order.
 * @param rule - Default: damage is refused.
 */
export function checkedChain(
  { size, parts }: Pick<Chain, 'size' | 'parts'>,
  layers: readonly ChainLayer[],
  rule?: PartRule,
): ChainContent {
  const cache = createWindowCache();
  let next = 0;
  const windowed = parts.map(({ start, end, clusterBytes, layers: { length }, missing }) => {
    const firstLayer = next;
    next += length;
    const own = layers.slice(firstLayer, next);
    // A part may be longer than its images: what they lack reads as zeros.
    const size = Math.max(own.at(-1)?.size ?? 0, end - start);
    const windows = createWindows(own, size, clusterBytes, cache);
    return { start, end, firstLayer, windows, ...(missing && { missing }) };
  });
  return {
    size,
    layers,
    segments: async function* (range = {}) {
      const { start, end } = rangeWithin(size, { start: range.start, end: range.end });
      for (const { part, ...slice } of slicesOf(windowed, start, end)) {
        const [from, to] = [slice.start - part.start, slice.end - part.start];
        for await (const batch of windowSegments(part.windows, from, to, rule?.(part)))
          yield batch.map((segment) => moved(segment, part));
      }
    },
  };
}
