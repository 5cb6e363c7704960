import { bytes as toByteCount, type Bytes, type Diagnostic } from '@ploop/descriptor';
import { type Steps, fill, type Reader } from '@ploop/descriptor/internal';

import { clusterBytesOf, heldBytes } from './chain-layer.ts';
import { segmentsWithin } from './found-segments.ts';
import { sourceOf } from './open-chain.ts';
import { openLayers } from './open-layers.ts';
import { fitParts, slicesOf, type PartSize, type SourcePart } from './parts.ts';
import { resolve } from './resolve.ts';

/** A disk of which a few bytes are read, in either world. */
export interface DiskReader {
  /** Virtual size. */
  readonly size: Bytes;
  /** Fills `target` with bytes of the disk; returns how many: fewer only at its end. Nothing is kept between two reads. */
  readonly read: Reader;
  /** `STORAGE_IMAGE_SIZE` for each part of a split disk that does not have the size of its range. */
  readonly diagnostics: readonly Diagnostic[];
}

/**
 * Opens the parts of a snapshot for a look at a few bytes of the disk. {@link openParts} is for all of them.
 *
 * @throws DescriptorError as openParts.
 */
export function* diskReader(sources: readonly SourcePart[]): Steps<DiskReader> {
  const opened: (PartSize & Pick<DiskReader, 'read'>)[] = [];
  for (const source of sources) {
    const { held, read } = yield* partReader(source);
    opened.push({ source, size: held, read });
  }
  const { ranges, diagnostics } = fitParts(opened);
  const parts = opened.map(({ read, source: { start } }, index) => ({
    ...(ranges[index] ?? { start, end: start }),
    read,
  }));
  const size = ranges.at(-1)?.end ?? toByteCount(0);

  function* read(target: Uint8Array, position: number): Steps<number> {
    const origin = Math.min(position, size);
    const stop = Math.min(position + target.length, size);
    for (const { part, start, end } of slicesOf(parts, origin, stop))
      yield* part.read(target.subarray(start - origin, end - origin), start - part.start);
    return stop - origin;
  }
  return { size, read, diagnostics };
}

function* partReader({
  sources,
  rawBase,
  alone,
}: SourcePart): Steps<Pick<DiskReader, 'read'> & { readonly held: Bytes }> {
  const layers = yield* openLayers(sources, {
    ...alone,
    ...{ rawBase, depth: 'header', anyFormat: alone !== undefined },
  });
  const last = layers.at(-1);
  if (last === undefined) throw new RangeError('a chain has one image at least');
  const { size } = last;
  const clusterBytes = clusterBytesOf(layers);

  function* read(target: Uint8Array, position: number): Steps<number> {
    const start = Math.min(position, size);
    const end = Math.min(position + target.length, size);
    if (start === end) return 0;
    // Damage of a cluster is that of all of it, be it the end of a file that is cut.
    const first = Math.floor(start / clusterBytes) * clusterBytes;
    const found = yield* resolve(layers, first, Math.ceil(end / clusterBytes) * clusterBytes);
    for (const segment of segmentsWithin(found, start, end)) {
      const at = segment.start - start;
      const part = target.subarray(at, at + segment.length);
      const source = sourceOf(layers, segment);
      if (source === undefined) part.fill(0);
      else if (segment.decode !== undefined) yield* segment.decode(part, segment.start);
      else yield* fill(source, part, segment.offset);
    }
    return end - start;
  }
  return { held: heldBytes(layers) ?? size, read };
}
