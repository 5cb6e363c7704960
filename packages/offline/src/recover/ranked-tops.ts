import type { LostImage } from './lost-image.ts';
import { lineageOf, type Forest, type PlacedForest } from './place-images.ts';
import { faultsOf } from './soundness.ts';

/** A forest and its image that is written to. */
interface Topped {
  readonly forest: Forest;
  readonly top: LostImage;
  readonly score: number;
}

/** Candidates, the best first. */
export interface Ranking {
  readonly ranked: readonly Topped[];
  /** How many of the first the evidence does not distinguish. */
  readonly tied: number;
}

/** A difference of so many sectors is not evidence. */
export const MARGIN = 1;
/** Forests whose file systems are read through. */
const MOST_READ = 20;

/** Finds the top of each forest, and distinguishes forests that fit alike by the file systems on them. */
export async function rankedTops(
  forests: readonly PlacedForest[],
  { isTimely, starts }: { readonly isTimely: boolean; readonly starts: readonly number[] },
): Promise<Ranking> {
  const all = forests.flatMap(({ forest, score }) =>
    topsOf(forest, isTimely).map((top) => ({ forest, top, score })),
  );
  const best = all[0]?.score ?? 0;
  const even = all.filter(({ score }) => best - score <= MARGIN);
  const rest = all.slice(even.length);
  if (even.length <= 1 || even.length > MOST_READ || starts.length === 0)
    return { ranked: all, tied: even.length };
  const read = new Map<string, number>();
  const judged: { readonly one: Topped; readonly faults: number }[] = [];
  for (const one of even) judged.push({ one, faults: await faultsIn(one.forest, starts, read) });
  judged.sort((one, other) => one.faults - other.faults);
  const least = judged[0]?.faults ?? 0;
  const ranked = [...judged.map(({ one }) => one), ...rest];
  return { ranked, tied: judged.filter(({ faults }) => faults === least).length };
}

/** The image that is marked as in use, else the last one that was written, else any that nothing hangs on. */
function topsOf(forest: Forest, isTimely: boolean): readonly LostImage[] {
  const parents = new Set(forest.values());
  const leaves = [...forest.keys()].filter((image) => !parents.has(image));
  const inUse = leaves.filter(({ isInUse }) => isInUse);
  if (inUse.length === 1) return inUse;
  if (!isTimely) return leaves;
  return leaves.toSorted((one, other) => (one.written < other.written ? 1 : -1)).slice(0, 1);
}

/** @param read - What is known of chains that several forests have. */
async function faultsIn(
  forest: Forest,
  starts: readonly number[],
  read: Map<string, number>,
): Promise<number> {
  let faults = 0;
  for (const image of forest.keys()) {
    const lineage = lineageOf(forest, image);
    const key = lineage.map(({ name }) => name).join('/');
    const count = read.get(key) ?? (await faultsOf(lineage, starts));
    read.set(key, count);
    faults += count;
  }
  return faults;
}
