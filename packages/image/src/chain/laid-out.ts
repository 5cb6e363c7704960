import { bytes as toByteCount } from '@ploop/descriptor';
import { rangeWithin, type ByteRange } from '@ploop/descriptor/internal';

import type { ImagePlan } from '../formats/image-writer.ts';
import type { UnitMap } from '../formats/unit-map.ts';
import type { ChainContent } from './open-chain.ts';
import type { Segment } from './segment.ts';
import { tableSource } from './table-source.ts';

/**
 * An image file as something that can be copied, compared and read like a disk: its tables come from memory, its data
 * from where the disk has them.
 *
 * @param units - Those of the disk, as `plan` was made of them.
 */
export function laidOut(disk: ChainContent, units: UnitMap, plan: ImagePlan): ChainContent {
  const { unitBytes } = units;
  const { dataStart } = plan;
  const tables = { source: tableSource(plan), image: { inFile: true }, inMemory: true };
  const layer = disk.layers.length;

  function tableSegments(start: number, end: number): readonly Segment[] {
    const found: Segment[] = [];
    let at = start;
    const add = (until: number, isTable: boolean): void => {
      const to = Math.min(until, end);
      if (to <= at) return;
      const place = isTable ? { layer, offset: at } : { layer: -1, offset: -1 };
      found.push({ start: at, length: to - at, ...place });
      at = to;
    };
    for (const { start: first, pageBytes, pages } of plan.tables) {
      add(first, false);
      add(first + pageBytes * pages, true);
    }
    add(dataStart, false);
    return found;
  }

  async function* dataSegments(
    start: number,
    end: number,
  ): AsyncGenerator<readonly Segment[], void, undefined> {
    for (const { unit, count, place } of units.runs(Math.floor((start - dataStart) / unitBytes))) {
      const [first, position] = [unit * unitBytes, dataStart + place * unitBytes];
      if (position >= end) break;
      const shift = position - first;
      const [from, to] = [Math.max(first, start - shift), first + count * unitBytes];
      const until = Math.min(to, end - shift);
      const stop = Math.min(until, disk.size);
      if (from < stop)
        for await (const batch of disk.segments({ start: from, end: stop }))
          yield batch.map((segment) => shifted(segment, shift));
      const padding = Math.max(from, stop);
      if (padding < until)
        yield [{ start: padding + shift, length: until - padding, layer: -1, offset: -1 }];
    }
  }

  return {
    size: toByteCount(plan.bytes),
    layers: [...disk.layers, tables],
    segments: async function* (range: ByteRange = {}) {
      const { start, end } = rangeWithin(plan.bytes, range);
      const first = tableSegments(start, end);
      if (first.length > 0) yield first;
      if (end > dataStart) yield* dataSegments(Math.max(start, dataStart), end);
    },
  };
}

function shifted(segment: Segment, shift: number): Segment {
  const { length, layer, offset, source, decode } = segment;
  return {
    ...{ start: segment.start + shift, length, layer, offset },
    ...(source && { source }),
    ...(decode && { decode: (target, position) => decode(target, position - shift) }),
  };
}
