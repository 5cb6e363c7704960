import type { DiagnosticCode } from '@ploop/descriptor';

/** Bytes of a disk that is unknown. */
export interface LostRange {
  /** First byte of the disk. */
  readonly start: number;
  /** First byte of the disk after it. */
  readonly end: number;
  /** Why: the code of the finding that reading them would end with. */
  readonly code: DiagnosticCode;
  /** The image that should have them. */
  readonly file: string;
  /** Byte of that image where its table places them; absent if the table itself cannot be read. */
  readonly offset?: number;
}

/** What of a disk is lost. */
export interface LostRanges {
  /** In order. At most 10,000; the last one of so many covers all that follow, and what is between them. */
  readonly ranges: readonly LostRange[];
  /** Bytes that are lost. */
  readonly bytes: number;
}

const MOST_RANGES = 10_000;

/** Collects ranges, neighbours as one. */
export function createLostRanges(): {
  readonly add: (range: LostRange) => void;
  readonly all: () => LostRanges;
} {
  const list: LostRange[] = [];
  let bytes = 0;
  return {
    add: (range) => {
      if (range.end <= range.start) return;
      bytes += range.end - range.start;
      const last = list.at(-1);
      if (last !== undefined && continues(last, range))
        list[list.length - 1] = { ...last, end: range.end };
      else if (last !== undefined && list.length >= MOST_RANGES)
        list[list.length - 1] = {
          ...last,
          start: Math.min(last.start, range.start),
          end: Math.max(last.end, range.end),
        };
      else list.push(range);
    },
    all: () => ({ ranges: list.toSorted((one, other) => one.start - other.start), bytes }),
  };
}

function continues(last: LostRange, { start, code, file, offset }: LostRange): boolean {
  const expected = last.offset === undefined ? undefined : last.offset + (last.end - last.start);
  return last.end === start && last.code === code && last.file === file && offset === expected;
}
