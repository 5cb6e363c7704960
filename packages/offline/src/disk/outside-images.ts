import { basename, join, normalize } from 'node:path';

import type { Diagnostic } from '@ploop/descriptor';
import type { Steps } from '@ploop/descriptor/internal';
import type { Confinement } from '@ploop/descriptor/node';
import {
  deltaOutside,
  leadsOutside,
  type NamedFile,
  isGone,
  linkStatus,
  isWithin,
  placeOf,
} from '@ploop/descriptor/node/internal';

import type { PlacedImage } from './placed-images.ts';

/** A finding for each image that is outside by the rules of any release, as steps: the tool resolves names again. */
export function* outsideImages(
  images: readonly PlacedImage[],
  all: readonly PlacedImage[],
  confinement: Confinement,
): Steps<readonly Diagnostic[]> {
  const findings: Diagnostic[] = [];
  for (const placed of images) {
    const file = yield* outsideSpelling(placed, confinement);
    if (file === undefined) continue;
    const here = yield* sameNameHere({ ...placed, file }, all);
    const { path: place } = yield* placeOf(file);
    const gone = yield* isAbsent(place);
    // The directory of the disk may be reached by symlinks itself.
    const leadsTo = isWithin(placed.directory, normalize(file)) ? place : undefined;
    findings.push(deltaOutside({ ...placed, file }, confinement, { here, gone, leadsTo }));
  }
  return findings;
}

function* outsideSpelling(
  { spellings }: PlacedImage,
  confinement: Confinement,
): Steps<string | undefined> {
  for (const file of spellings) if (yield* leadsOutside(file, confinement)) return file;
  return undefined;
}

/** Whether nothing is at a path. Nothing is opened. */
function* isAbsent(file: string): Steps<boolean> {
  try {
    yield* linkStatus(file);
    return false;
  } catch (cause) {
    return isGone(cause);
  }
}

/**
 * The file beside a descriptor that has the name of an image elsewhere and belongs to no other image, as steps. It shows
 * that the descriptor is a copy that still leads to the original.
 */
export function* sameNameHere(
  { file, directory }: NamedFile,
  all: readonly PlacedImage[],
): Steps<string | undefined> {
  const here = join(directory, basename(file));
  if (here === file || all.some((other) => normalize(other.file) === here)) return undefined;
  try {
    return (yield* linkStatus(here)).isFile() ? here : undefined;
  } catch {
    return undefined;
  }
}
