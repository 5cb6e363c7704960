import { DescriptorError } from '@ploop/descriptor';

import { continues, partOf, type FoundSegment, type Segment } from './segment.ts';

/**
 * Decides how a damaged segment is read: up to which byte of the disk it counts. Bytes after that read as zero. Throws
 * if nothing may be guessed.
 */
export type DamageRule = (segment: FoundSegment) => number;

/**
 * Nothing is guessed.
 *
 * @throws DescriptorError with the fault.
 */
export const refuseDamage: DamageRule = ({ damaged, start, length }) => {
  if (damaged !== undefined) throw new DescriptorError([damaged.fault]);
  return start + length;
};

/**
 * The segments from byte `start` to byte `end` of the disk, of those that were found for a larger range.
 *
 * @throws what `rule` throws.
 */
export function segmentsWithin(
  found: readonly FoundSegment[],
  start: number,
  end: number,
  rule: DamageRule = refuseDamage,
): readonly Segment[] {
  const segments: Segment[] = [];
  let last: Segment | undefined;
  const add = (segment: Segment): void => {
    if (segment.length === 0) return;
    if (last !== undefined && continues(last, segment)) {
      last.length += segment.length;
      return;
    }
    last = segment;
    segments.push(segment);
  };
  for (let index = indexAt(found, start); index < found.length; index += 1) {
    const segment = found[index];
    if (segment === undefined || segment.start >= end) break;
    const part = partOf(segment, start, end);
    if (part.damaged === undefined) {
      add(part);
      continue;
    }
    const { start: from, length, layer, offset } = part;
    const until = Math.max(from, Math.min(from + length, rule(part)));
    add({ start: from, length: until - from, layer, offset });
    add({ start: until, length: from + length - until, layer: -1, offset: -1 });
  }
  return segments;
}

/** Index of the segment that holds a byte. */
function indexAt(found: readonly FoundSegment[], byte: number): number {
  let [low, high] = [0, found.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    const { start = 0, length = 0 } = found[middle] ?? {};
    if (start + length <= byte) low = middle + 1;
    else high = middle;
  }
  return low;
}
