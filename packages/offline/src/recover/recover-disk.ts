import type { DiskDescriptor } from '@ploop/descriptor';
import type { SavedSnapshot } from '@ploop/descriptor/containers';
import { requireCall } from '@ploop/descriptor/arguments';
import { runAsync } from '@ploop/descriptor/internal';
import { readable, realPath } from '@ploop/descriptor/node/internal';

import { OFFLINE } from '../arguments.ts';
import { clocksOf, fileSystemStarts } from './clock.ts';
import { evidenceFor, type Evidence } from './evidence.ts';
import { linksOfCopies, linksOfList } from './known-links.ts';
import { createLikeness } from './likeness-of-content.ts';
import { lostFiles, type LostFiles, type LostImage } from './lost-image.ts';
import { placeImages, type PlacedForest, type PlacingEvidence } from './place-images.ts';
import { MARGIN, rankedTops } from './ranked-tops.ts';
import { descriptorOf, guidsOfCopies } from './shots-of.ts';
import { byTime, isPlausible } from './times.ts';

/** How to recover a descriptor. */
export interface RecoverOptions {
  /** Snapshots that the container or virtual machine lists, as `parseSnapshotList` returns them. */
  readonly list?: readonly SavedSnapshot[];
}

/** A descriptor that fits the images. */
export interface RecoveryCandidate {
  readonly descriptor: DiskDescriptor;
  /** `likely` if the evidence is for this one alone; `tied` if it is as much for another; else `unlikely`. */
  readonly confidence: 'likely' | 'tied' | 'unlikely';
  readonly evidence: readonly Evidence[];
}

/** What can be said of a lost descriptor. */
export interface RecoveredDisk {
  /** Absolute path, symlinks resolved. */
  readonly directory: string;
  /** The best first, at most 20. */
  readonly candidates: readonly RecoveryCandidate[];
  /** Whether the evidence does not show which of the first candidates is true. */
  readonly isAmbiguous: boolean;
  /** Whether the modification times of the images show the order in which they were made. */
  readonly isOrdered: boolean;
  /** Names of images that are in no candidate, as their headers or tables cannot be read. */
  readonly unreadable: readonly string[];
}

/** More do not help anybody to choose. */
const MOST_CANDIDATES = 20;
/** More images are placed only if their times show the order. */
const MOST_UNORDERED = 12;

/**
 * Finds out which descriptor the images of a directory had, whose own is lost or broken: the order of snapshots, their
 * branches and the top. The evidence is what images have in common with those below them, the superblocks in them, the
 * soundness of file systems, times, names, and what other descriptors and the list of the container state. Nothing is
 * written. What the evidence does not decide is tied, never guessed.
 *
 * @param directory - The directory that holds the images. A descriptor there counts as one that may be wrong.
 * @throws DescriptorError with code `FILE_UNREADABLE` if there is no such directory.
 */
export async function recoverDisk(
  directory: string,
  options: RecoverOptions = {},
): Promise<RecoveredDisk> {
  requireCall(OFFLINE.recoverDisk, [directory, options]);
  const real = await runAsync(readable(directory, realPath(directory)));
  const files = await lostFiles(real);
  try {
    return { directory: real, unreadable: files.unreadable, ...(await recovered(files, options)) };
  } finally {
    await Promise.all(files.images.map(({ source }) => source.close()));
  }
}

async function recovered({ images, copies }: LostFiles, { list = [] }: RecoverOptions) {
  const ordered = byTime(images);
  if (ordered.length === 0) return { candidates: [], isAmbiguous: false, isOrdered: false };
  const starts = await fileSystemStarts(ordered);
  const clocks = new Map(
    await Promise.all(
      ordered.map(async (image) => [image, await clocksOf(image, starts)] as const),
    ),
  );
  const links = [...linksOfCopies(copies), ...linksOfList(list, ordered)];
  const known = { likeness: createLikeness(ordered), clocks, links };
  const { forests, isTimely, isForced } = await placedWith(ordered, known);
  const { ranked, tied } = await rankedTops(forests, { isTimely, starts });
  const guids = guidsOfCopies(copies);
  const isAmbiguous = tied > 1 || (isForced && ranked.length > 1);
  const candidates: RecoveryCandidate[] = [];
  for (const [index, { forest, top }] of ranked.slice(0, MOST_CANDIDATES).entries())
    candidates.push({
      descriptor: descriptorOf(forest, top, guids),
      confidence: confidenceOf(index < (isForced ? ranked.length : tied), isAmbiguous),
      evidence: await evidenceFor(forest, top, { ...known, isTimely }),
    });
  return { candidates, isAmbiguous, isOrdered: isTimely };
}

function confidenceOf(isFirst: boolean, isAmbiguous: boolean): RecoveryCandidate['confidence'] {
  if (!isFirst) return 'unlikely';
  return isAmbiguous ? 'tied' : 'likely';
}

/** Forests, and whether times show the order: they do not if the content fits another order better. */
async function placedWith(
  ordered: readonly LostImage[],
  known: Omit<PlacingEvidence, 'isOrdered'>,
): Promise<{
  readonly forests: readonly PlacedForest[];
  readonly isTimely: boolean;
  /** Whether images were placed by times that cannot be trusted, as there are too many to try every order. */
  readonly isForced: boolean;
}> {
  const isTimely = isPlausible(ordered);
  const isMany = ordered.length > MOST_UNORDERED;
  if (isMany) {
    const forests = await placeImages(ordered, { ...known, isOrdered: true });
    return { forests, isTimely, isForced: !isTimely };
  }
  const free = await placeImages(ordered, { ...known, isOrdered: false });
  if (!isTimely) return { forests: free, isTimely, isForced: false };
  const timely = await placeImages(ordered, { ...known, isOrdered: true });
  const isContradicted = (free[0]?.score ?? 0) - (timely[0]?.score ?? 0) > MARGIN;
  return isContradicted
    ? { forests: free, isTimely: false, isForced: false }
    : { forests: timely, isTimely, isForced: false };
}
