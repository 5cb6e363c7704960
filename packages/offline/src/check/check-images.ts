import type { BigIntStats } from 'node:fs';
import { normalize } from 'node:path';

import {
  type DiagnosticCode,
  diagnostic,
  type Diagnostic,
  DescriptorError,
} from '@ploop/descriptor';
import {
  append,
  tidyPath,
  runAsync,
  type Steps,
  refuseTooManyOpen,
} from '@ploop/descriptor/internal';
import type { Confinement } from '@ploop/descriptor/node';
import {
  isGone,
  reasonOf,
  openNamed,
  closeFile,
  realPath,
  inodeKey,
  isWithin,
} from '@ploop/descriptor/node/internal';

import { linkedImage } from '../disk/image-links.ts';
import { ofVolume, type LoadedDisk } from '../disk/load-disk.ts';
import { outsideImages, sameNameHere } from '../disk/outside-images.ts';
import { placedImages, type PlacedImage } from '../disk/placed-images.ts';

/** What the images of a descriptor are in the file system. */
export interface ImageSurvey {
  readonly diagnostics: readonly Diagnostic[];
  /** Paths that belong to images, as written and as symlinks lead to them. */
  readonly paths: ReadonlySet<string>;
  /** The files of images, by {@link inodeKey}. */
  readonly inodes: ReadonlyMap<string, PlacedImage>;
  /** Images whose files are not where the descriptor says, each with the place of its finding in `diagnostics`. */
  readonly missing: readonly MissingImage[];
}

/** An image whose file is not where the descriptor says. */
export interface MissingImage {
  readonly placed: PlacedImage;
  readonly index: number;
}

/** Whether findings say already that the file of an image is missing, cannot be opened or is outside. */
export function isTold(
  findings: readonly Diagnostic[],
  { spellings }: Pick<PlacedImage, 'spellings'>,
): boolean {
  return findings.some(
    ({ code, data }) => UNOPENED.has(code) && 'file' in data && spellings.includes(data.file),
  );
}

const UNOPENED: ReadonlySet<DiagnosticCode> = new Set([
  'DELTA_MISSING',
  'SPARE_DELTA_MISSING',
  'DELTA_UNREADABLE',
  'DELTA_OUTSIDE',
]);

/** Looks at the file of every image, those of parent volumes included. */
export async function surveyImages(
  disk: LoadedDisk,
  confinement: Confinement,
  signal: AbortSignal | undefined,
): Promise<ImageSurvey> {
  const diagnostics: Diagnostic[] = [];
  const paths = new Set<string>();
  const inodes = new Map<string, PlacedImage>();
  const missing: MissingImage[] = [];
  const linked = new Map<string, { readonly placed: PlacedImage; readonly stats: BigIntStats }>();

  const all = placedImages(disk);
  for (const placed of all) {
    signal?.throwIfAborted();
    const { image, file, volume } = placed;
    const { guid } = image;
    const add = (finding: Diagnostic): void => {
      append(diagnostics, ofVolume(volume, [finding]));
    };
    paths.add(normalize(file));
    try {
      const found = await runAsync(imageFile(placed, all, confinement));
      if (found.here !== undefined) paths.add(found.here);
      if (found.isMissing === true) missing.push({ placed, index: diagnostics.length });
      found.diagnostics.forEach(add);
      const { key, real, stats } = found;
      if (key === undefined || real === undefined || stats === undefined) continue;
      paths.add(real);
      const other = inodes.get(key);
      if (other === undefined) {
        inodes.set(key, placed);
        if (stats.nlink > 1n) linked.set(key, { placed, stats });
      }
      // What is spelled the same is found in the descriptor alone.
      else if (tidyPath(other.image.file) !== tidyPath(image.file)) {
        add(sharedDelta(placed, other));
        linked.delete(key);
      }
    } catch (error) {
      refuseTooManyOpen(file, error);
      const cause = error instanceof DescriptorError ? error.cause : error;
      if (error instanceof DescriptorError && error.code === 'DELTA_OUTSIDE') {
        error.diagnostics.forEach(add);
        continue;
      }
      if (isGone(cause)) missing.push({ placed, index: diagnostics.length });
      add(
        isGone(cause)
          ? missingDelta(placed, disk)
          : diagnostic('DELTA_UNREADABLE', { guid, file, reason: reasonOf(cause) }),
      );
    }
  }
  for (const { placed, stats } of linked.values()) {
    const finding = await linkedImage(placed.image.guid, placed.file, stats);
    if (finding !== undefined) append(diagnostics, ofVolume(placed.volume, [finding]));
  }
  return { diagnostics, paths, inodes, missing };
}

function missingDelta({ guid, file }: PlacedImage, { graph }: LoadedDisk): Diagnostic {
  if (graph?.top === undefined) return diagnostic('DELTA_MISSING', { guid, file, top: 'unknown' });
  return diagnostic(graph.isActive(guid) ? 'DELTA_MISSING' : 'SPARE_DELTA_MISSING', { guid, file });
}

interface FoundFile {
  readonly diagnostics: readonly Diagnostic[];
  /** A file of the same name beside the descriptor, if the image is elsewhere. */
  readonly here: string | undefined;
  /** Whether the file is outside and does not exist. */
  readonly isMissing?: boolean;
  /** Absent if the file is outside. */
  readonly real?: string;
  readonly key?: string;
  readonly stats?: BigIntStats;
}

function* imageFile(
  placed: PlacedImage,
  all: readonly PlacedImage[],
  confinement: Confinement,
): Steps<FoundFile> {
  const { guid, file, directory } = placed;
  const outside = yield* outsideImages([placed], all, confinement);
  if (outside.length > 0) {
    const isMissing = outside.some(({ data }) => 'gone' in data);
    return { diagnostics: outside, here: yield* sameNameHere(placed, all), isMissing };
  }
  const { fd, stats } = yield* openNamed(placed, confinement);
  yield* closeFile(fd);
  const found = { real: yield* realPath(file), key: inodeKey(stats), stats };
  if (isWithin(directory, found.real)) return { ...found, diagnostics: [], here: undefined };
  const here = yield* sameNameHere(placed, all);
  const finding =
    here === undefined
      ? diagnostic('DELTA_ELSEWHERE', { guid, file })
      : diagnostic('COPY_LEADS_BACK', { guid, file, here });
  return { ...found, diagnostics: [finding], here };
}

function sharedDelta({ image, file }: PlacedImage, other: PlacedImage): Diagnostic {
  return diagnostic('DELTA_SHARED', {
    guid: image.guid,
    other: other.image.guid,
    file,
    otherFile: other.file,
  });
}
