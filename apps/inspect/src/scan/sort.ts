import type { DiskRow } from './row.ts';

type Compare = (one: DiskRow, other: DiskRow) => number;

const byPath: Compare = (one, other) =>
  compare(one.host, other.host) || compare(one.path, other.path);
const bySize: Compare = (one, other) => other.stored - one.stored;

/** By what disks are sorted: a row each. */
export const SORTS = {
  trouble: (one, other) =>
    other.errors - one.errors ||
    other.warnings - one.warnings ||
    bySize(one, other) ||
    byPath(one, other),
  size: (one, other) => bySize(one, other) || byPath(one, other),
  path: byPath,
} as const satisfies Readonly<Record<string, Compare>>;

/** A key of {@link SORTS}. */
export type Sort = keyof typeof SORTS;

function compare(one: string, other: string): number {
  if (one === other) return 0;
  return one < other ? -1 : 1;
}
