import type { Steps } from '@ploop/descriptor/internal';

import { clipped, type ImageSegment } from '../formats/image-segment.ts';
import type { ChainLayer } from './chain-layer.ts';
import type { FoundSegment } from './segment.ts';

/** A range of a disk. */
interface Open {
  readonly start: number;
  readonly end: number;
}

/**
 * Where the bytes from `start` to `end` of a disk are, in order and without gaps. Each comes from the highest layer that
 * has it; what none has reads as zero.
 *
 * @param layers - Base first.
 */
export function* resolve(
  layers: readonly Pick<ChainLayer, 'image'>[],
  start: number,
  end: number,
): Steps<readonly FoundSegment[]> {
  const found: FoundSegment[] = [];
  let open: readonly Open[] = start < end ? [{ start, end }] : [];
  for (let index = layers.length - 1; index >= 0; index -= 1) {
    const [first, last, layer] = [open[0], open.at(-1), layers[index]];
    if (first === undefined || last === undefined || layer === undefined) break;
    const segments = yield* layer.image.map(first.start, last.end - first.start);
    open = take(index, open, segments, found);
  }
  for (const { start: from, end: to } of open)
    found.push({ start: from, length: to - from, layer: -1, offset: -1 });
  return found.sort((one, other) => one.start - other.start);
}

/** Takes from a layer what is open and it has; returns what stays open. */
function take(
  layer: number,
  open: readonly Open[],
  segments: readonly ImageSegment[],
  found: FoundSegment[],
): readonly Open[] {
  const left: { start: number; end: number }[] = [];
  let next = 0;
  for (const { start, end } of open) {
    while (next < segments.length && endOf(segments[next]) <= start) next += 1;
    let at = start;
    for (let index = next; at < end; index += 1) {
      const segment = segments[index];
      const until = segment === undefined ? end : Math.min(end, segment.start + segment.length);
      const last = left.at(-1);
      if (segment !== undefined && segment.kind !== 'unallocated')
        found.push(foundIn(layer, clipped(segment, at, until)));
      else if (last?.end === at) last.end = until;
      else left.push({ start: at, end: until });
      at = until;
    }
  }
  return left;
}

function endOf(segment: ImageSegment | undefined): number {
  return segment === undefined ? Infinity : segment.start + segment.length;
}

function foundIn(
  layer: number,
  segment: Exclude<ImageSegment, { readonly kind: 'unallocated' }>,
): FoundSegment {
  const { start, length } = segment;
  switch (segment.kind) {
    case 'zero':
      return { start, length, layer: -1, offset: -1, zeroLayer: layer };
    case 'stored': {
      const { offset, source } = segment;
      return source === undefined
        ? { start, length, layer, offset }
        : { start, length, layer, offset, source };
    }
    case 'encoded': {
      const { offset, decode } = segment;
      return { start, length, layer, offset, decode };
    }
    case 'damaged':
      return { start, length, layer, offset: segment.offset ?? -1, damaged: segment };
  }
}
