import { lastAtMost } from '../../../bytes/last-at-most.ts';
import type { Extent } from '../data/extent-node.ts';

/** A range of blocks whose place is another one now; `at` is `undefined` for a hole. */
interface ChangedRange {
  readonly first: number;
  readonly end: number;
  readonly at: number | undefined;
  readonly isUnwritten: boolean;
}

/** Ranges of a file that fast commits have changed, the last change of each block. */
export interface Ranges {
  readonly add: (extent: Extent) => void;
  readonly remove: (first: number, length: number) => void;
  readonly clear: () => void;
  /** The range that has a block; or the first block after it that is in one. */
  readonly find: (block: number) => ChangedRange | { readonly next: number };
  readonly all: () => readonly ChangedRange[];
}

/** No change yet. */
export function createRanges(): Ranges {
  let ranges: ChangedRange[] = [];

  const put = (range: ChangedRange): void => {
    if (range.end <= range.first) return;
    const around = ranges.flatMap((one) => [
      ...(one.first < range.first ? [part(one, one.first, Math.min(one.end, range.first))] : []),
      ...(one.end > range.end ? [part(one, Math.max(one.first, range.end), one.end)] : []),
    ]);
    ranges = [...around, range].toSorted((one, other) => one.first - other.first);
  };

  return {
    add: ({ first, length, at, isUnwritten }) => {
      put({ first, end: first + length, at, isUnwritten });
    },
    remove: (first, length) => {
      put({ first, end: first + length, at: undefined, isUnwritten: false });
    },
    clear: () => {
      ranges = [];
    },
    find: (block) => {
      const index = lastAtMost(
        ranges.map(({ first }) => first),
        block,
      );
      const found = ranges[index];
      if (found !== undefined && block < found.end) return found;
      return { next: ranges[index + 1]?.first ?? Infinity };
    },
    all: () => ranges,
  };
}

function part(range: ChangedRange, first: number, end: number): ChangedRange {
  const { at } = range;
  return { ...range, first, end, at: at === undefined ? undefined : at + first - range.first };
}
