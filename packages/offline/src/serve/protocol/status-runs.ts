import type { StatusRun } from './served-disk.ts';

/** A run that may still grow. */
export interface MutableRun extends StatusRun {
  length: number;
}

/** Most runs of an answer: a client asks again for what is after them. */
export const MOST_RUNS = 2048;

/** Adds a run to a list, joined with the last one if both are alike. */
export function appendRun(runs: MutableRun[], { length, isZero }: StatusRun): void {
  const last = runs.at(-1);
  if (last?.isZero === isZero) last.length += length;
  else runs.push({ length, isZero });
}
