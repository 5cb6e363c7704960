import type { Clock } from './clock.ts';
import { isBefore } from './clock.ts';
import type { KnownLink } from './known-links.ts';
import type { Likeness, Lineage } from './likeness-of-content.ts';
import type { LostImage } from './lost-image.ts';

/** The parent of each image that is placed; `undefined` for the base. */
export type Forest = ReadonlyMap<LostImage, LostImage | undefined>;

/** What images are placed by. */
export interface PlacingEvidence {
  /** Ascending, if times can be trusted: each image was begun when those before it were complete. */
  readonly isOrdered: boolean;
  readonly likeness: Likeness;
  readonly clocks: ReadonlyMap<LostImage, readonly (Clock | undefined)[]>;
  readonly links: readonly KnownLink[];
}

/** A forest and how well the evidence fits. */
export interface PlacedForest {
  readonly forest: Forest;
  readonly score: number;
  /** How far parents are from the image that was written before: the least comes first among those that fit alike. */
  readonly distance: number;
}

/** Forests that are followed at a time. */
const WIDTH = 64;
/** What a stated parent counts, in sectors. */
const LINK = 4096;
/** What a clock that goes backwards counts, in sectors. */
const BACKWARDS = 1_000_000;

/**
 * The forests that fit best, the best first. Every image gets a parent among the others except for one base.
 *
 * @param images - At least one; ascending by time if `isOrdered`.
 */
export async function placeImages(
  images: readonly LostImage[],
  evidence: PlacingEvidence,
): Promise<readonly PlacedForest[]> {
  let beam: readonly PlacedForest[] = basesOf(images, evidence).map((base) => ({
    forest: new Map([[base, undefined]]),
    score: linkScore(base, undefined, evidence),
    distance: images.indexOf(base),
  }));
  for (let placed = 1; placed < images.length; placed += 1) {
    const next = new Map<string, PlacedForest>();
    for (const { forest, score, distance } of beam)
      for (const image of nextOf(images, forest, evidence))
        for (const parent of forest.keys()) {
          const more = await fit(image, lineageOf(forest, parent), evidence);
          const grown = new Map(forest).set(image, parent);
          const key = keyOf(grown, images);
          const away = Math.abs(images.indexOf(image) - 1 - images.indexOf(parent));
          if (!next.has(key))
            next.set(key, { forest: grown, score: score + more, distance: distance + away });
        }
    beam = [...next.values()].toSorted(compareForests).slice(0, WIDTH);
  }
  return beam;
}

function compareForests(one: PlacedForest, other: PlacedForest): number {
  return other.score - one.score || one.distance - other.distance;
}

/** A bare disk, else the images whose name is not that of a delta, else any. */
function basesOf(
  images: readonly LostImage[],
  { isOrdered }: PlacingEvidence,
): readonly LostImage[] {
  const raw = images.filter(({ isRaw }) => isRaw);
  if (raw.length > 0) return raw;
  const named = images.filter(({ isNamedDelta }) => !isNamedDelta);
  if (named.length > 0) return named;
  return isOrdered ? images.slice(0, 1) : images;
}

function nextOf(
  images: readonly LostImage[],
  forest: Forest,
  { isOrdered }: PlacingEvidence,
): readonly LostImage[] {
  const left = images.filter((image) => !forest.has(image));
  return isOrdered ? left.slice(0, 1) : left;
}

/** The images from the base to one of them. */
export function lineageOf(forest: Forest, last: LostImage): Lineage {
  const lineage: LostImage[] = [];
  for (let at: LostImage | undefined = last; at !== undefined; at = forest.get(at))
    lineage.push(at);
  return lineage.reverse();
}

async function fit(image: LostImage, below: Lineage, evidence: PlacingEvidence): Promise<number> {
  const parent = below.at(-1);
  const shrinks = parent !== undefined && image.size < parent.size;
  return (
    (await evidence.likeness.common(image, below)) +
    linkScore(image, parent, evidence) -
    (shrinks ? BACKWARDS : 0) -
    (goesBackwards(image, below, evidence) ? BACKWARDS : 0)
  );
}

function linkScore(
  image: LostImage,
  parent: LostImage | undefined,
  { links }: PlacingEvidence,
): number {
  const own = links.filter((link) => link.image === image.name);
  const fitting = own.filter((link) => link.parent === parent?.name).length;
  return LINK * (fitting - (own.length - fitting));
}

/** Whether a superblock of the image was written before one below it. */
function goesBackwards(image: LostImage, below: Lineage, { clocks }: PlacingEvidence): boolean {
  return (clocks.get(image) ?? []).some((clock, index) => {
    const under = below.map((one) => clocks.get(one)?.[index]).findLast((one) => one !== undefined);
    return clock !== undefined && under !== undefined && isBefore(clock, under);
  });
}

function keyOf(forest: Forest, images: readonly LostImage[]): string {
  return images
    .map((image) => (forest.has(image) ? String(images.indexOf(forest.get(image) ?? image)) : '-'))
    .join();
}
