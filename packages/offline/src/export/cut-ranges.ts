import type { Diagnostic } from '@ploop/descriptor';
import type { LostRange } from '@ploop/image';
import type { LostRanges, Salvage } from '@ploop/image/internal';

const MOST_RANGES = 10_000;

/** Adds to what is lost the end of a base that was cut off, as far as no image above it has it. */
export async function withCutRanges(
  { ranges, bytes }: LostRanges,
  { chain }: Pick<Salvage, 'chain'>,
  diagnostics: readonly Diagnostic[],
): Promise<LostRanges> {
  const finding = diagnostics.find(({ code }) => code === 'BASE_TRUNCATED');
  if (finding?.code !== 'BASE_TRUNCATED' || chain.layers.length === 1) return { ranges, bytes };
  const { file, bytes: start, end } = finding.data;
  const gapsIn = gapsBetween(ranges);
  const found: LostRange[] = [];
  let more = 0;
  for await (const segments of chain.segments({ start, end: Math.min(end, chain.size) }))
    for (const segment of segments) {
      if (segment.layer !== -1) continue;
      for (const [from, to] of gapsIn(segment.start, segment.start + segment.length)) {
        more += to - from;
        const last = found.at(-1);
        if (last?.end === from) found[found.length - 1] = { ...last, end: to };
        else found.push({ start: from, end: to, code: finding.code, file, offset: from });
      }
    }
  const all = [...ranges, ...found].toSorted((one, other) => one.start - other.start);
  return { ranges: bounded(all), bytes: bytes + more };
}

/** What of a range none of a list has, which is in order, as ranges are asked about. */
function gapsBetween(
  ranges: readonly LostRange[],
): (start: number, end: number) => Generator<readonly [start: number, end: number]> {
  let next = 0;
  return function* (start, end) {
    let at = start;
    for (; next < ranges.length; next += 1) {
      const range = ranges[next];
      if (range === undefined || range.start >= end) break;
      if (range.start > at) yield [at, range.start];
      at = Math.max(at, range.end);
      if (range.end > end) break;
    }
    if (at < end) yield [at, end];
  };
}

/** The last one of so many covers all that follow. */
function bounded(ranges: readonly LostRange[]): readonly LostRange[] {
  const last = ranges[MOST_RANGES - 1];
  if (last === undefined || ranges.length === MOST_RANGES) return ranges;
  return [...ranges.slice(0, MOST_RANGES - 1), { ...last, end: ranges.at(-1)?.end ?? last.end }];
}
