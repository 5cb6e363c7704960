import { unitMapOf, type UnitMap } from '../formats/unit-map.ts';
import type { ChainContent } from './open-chain.ts';
import type { Segment } from './segment.ts';

/** What shows through where a file stores nothing: another state of the same disk. */
export interface Below {
  /** Bytes; beyond its end it reads as zero. */
  readonly size: number;
  /** Whether a segment of the disk is the same there. */
  readonly has: (segment: Segment) => boolean;
}

/** How to look at units. */
export interface SurveyOptions {
  readonly below?: Below;
  readonly signal: AbortSignal;
}

/**
 * Which units of a disk hold data, or zeros that hide data below. Reads block tables alone.
 *
 * @throws what reading tables throws; the reason of `signal`.
 */
export async function surveyUnits(
  content: Pick<ChainContent, 'size' | 'segments'>,
  unitBytes: number,
  { below, signal }: SurveyOptions,
): Promise<UnitMap> {
  const { size } = content;
  const units = unitMapOf(size, unitBytes);
  const data = (start: number, end: number): void => {
    units.data(Math.floor(start / unitBytes), Math.ceil(end / unitBytes));
  };
  /** Units that are not all zeros are stored: what else is in them has another source. */
  const zeros = (start: number, end: number): void => {
    const first = Math.ceil(start / unitBytes);
    const last = end === size ? Math.ceil(end / unitBytes) : Math.floor(end / unitBytes);
    if (first < last) units.zeros(first, last);
    if (first * unitBytes > start) data(start, Math.min(end, first * unitBytes));
    if (last * unitBytes < end) data(Math.max(start, last * unitBytes), end);
  };
  let hidden: { readonly start: number; readonly end: number } | undefined;
  const hide = (start: number, end: number): void => {
    if (hidden?.end === start) hidden = { start: hidden.start, end };
    else {
      if (hidden !== undefined) zeros(hidden.start, hidden.end);
      hidden = { start, end };
    }
  };
  for await (const segments of content.segments()) {
    signal.throwIfAborted();
    for (const segment of segments) {
      const { start, length, layer } = segment;
      const end = start + length;
      const isBelow = below?.has(segment) === true;
      const own = isBelow ? Math.max(start, Math.min(end, below.size)) : start;
      if (own >= end) continue;
      if (layer !== -1) data(own, end);
      else if (below !== undefined && own < below.size) hide(own, Math.min(end, below.size));
    }
  }
  if (hidden !== undefined) zeros(hidden.start, hidden.end);
  return units.made();
}
