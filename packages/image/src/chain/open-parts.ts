import { bytes as toByteCount } from '@ploop/descriptor';
import { requireCall } from '@ploop/descriptor/arguments';
import { rangeWithin } from '@ploop/descriptor/internal';

import { CHAIN } from '../arguments.ts';
import { heldBytes, refuseTooLong } from './chain-layer.ts';
import { openChainIn, reading, type Chain, type ChainPart } from './open-chain.ts';
import { fitParts, slicesOf, type SourcePart } from './parts.ts';
import type { Segment } from './segment.ts';
import { createWindowCache } from './windows.ts';

interface OpenPart extends ChainPart {
  readonly chain: Chain;
  /** Index of its first layer among those of all parts. */
  readonly firstLayer: number;
}

/**
 * Opens the parts of a disk, one after the other and in order, as one chain.
 *
 * @throws DescriptorError as {@link openChain}. Reading throws `STORAGE_IMAGE_SIZE` at the missing end of a part in front of another.
 */
export async function openParts(sources: readonly SourcePart[]): Promise<Chain> {
  refuseTooLong(sources.reduce((sum, part) => sum + part.sources.length, 0));
  const cache = createWindowCache();
  const opened: OpenedPart[] = [];
  for (const source of sources) {
    const { rawBase, sources: images, alone } = source;
    const options = { ...alone, rawBase, anyFormat: alone !== undefined };
    opened.push({ source, chain: await openChainIn(cache, images, options) });
  }
  const [first, ...rest] = opened;
  if (first === undefined) throw new RangeError('a disk has one part at least');
  return rest.length === 0 && first.source.end === undefined ? first.chain : joined(opened);
}

interface OpenedPart {
  readonly source: SourcePart;
  readonly chain: Chain;
}

function joined(opened: readonly OpenedPart[]): Chain {
  const { ranges, diagnostics } = fitParts(
    opened.map(({ source, chain: { layers, size } }) => ({
      source,
      size: heldBytes(layers) ?? size,
    })),
  );
  let firstLayer = 0;
  const parts = opened.map(({ chain, source }, index): OpenPart => {
    const { clusterBytes, layers } = chain;
    const range = ranges[index] ?? { start: source.start, end: source.start };
    const part = { ...range, clusterBytes, layers, chain, firstLayer };
    firstLayer += layers.length;
    return part;
  });
  const chains = opened.map(({ chain }) => chain);
  const size = ranges.at(-1)?.end ?? toByteCount(0);

  const readInto: Chain['readInto'] = async (target, position) => {
    requireCall(CHAIN.readInto, [target, position]);
    const range = rangeWithin(size, { start: position, end: position + target.length });
    for (const { part, start, end } of slicesOf(parts, range.start, range.end))
      await part.chain.readInto(
        target.subarray(start - range.start, end - range.start),
        start - part.start,
      );
    return range.end - range.start;
  };

  return {
    size,
    clusterBytes: toByteCount(
      chains.reduce((least, chain) => Math.min(least, chain.clusterBytes), Infinity),
    ),
    layers: parts.flatMap(({ layers }) => layers),
    parts: parts.map(({ start, end, clusterBytes, layers, missing }) => ({
      ...{ start, end, clusterBytes, layers },
      ...(missing && { missing }),
    })),
    diagnostics: [...diagnostics, ...chains.flatMap((chain) => chain.diagnostics)],
    segments: async function* (range = {}) {
      requireCall(CHAIN.segments, [range]);
      const { start, end } = rangeWithin(size, { start: range.start, end: range.end });
      for (const slice of slicesOf(parts, start, end)) {
        const { start: origin, chain } = slice.part;
        const within = { start: slice.start - origin, end: slice.end - origin };
        for await (const batch of chain.segments(within))
          yield batch.map((segment) => moved(segment, slice.part));
      }
    },
    readInto,
    read: reading(size, readInto),
  };
}

/** A segment of a part as one of the disk. */
export function moved(
  segment: Segment,
  { start, firstLayer }: { readonly start: number; readonly firstLayer: number },
): Segment {
  const layer = segment.layer === -1 ? -1 : segment.layer + firstLayer;
  return { ...segment, start: segment.start + start, layer };
}
