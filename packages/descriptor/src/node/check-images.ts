import { normalize, relative } from 'node:path';

import type { DiagnosticCode } from '../diagnostics/codes.ts';
import { diagnostic, type Diagnostic } from '../diagnostics/diagnostic.ts';
import { tidyPath } from '../resolve-file.ts';
import { isGone, reasonOf } from './failure.ts';
import { readStart, realPath } from './files.ts';
import { ofVolume, type LoadedDisk } from './load-disk.ts';
import { placedImages, type PlacedImage } from './placed-images.ts';
import { runAsync, type Steps } from '../steps.ts';

/** What the images of a descriptor are in the file system. */
export interface ImageSurvey {
  readonly diagnostics: readonly Diagnostic[];
  /** Paths that belong to images, as written and as symlinks lead to them. */
  readonly paths: ReadonlySet<string>;
  /** The files of images, by {@link inodeKey}. */
  readonly inodes: ReadonlyMap<string, PlacedImage>;
}

/** One text for one file, whatever its names. */
export function inodeKey({ dev, ino }: { readonly dev: bigint; readonly ino: bigint }): string {
  return `${String(dev)}:${String(ino)}`;
}

/** Whether findings say already that there is no file at a path, or none that can be opened. */
export function isTold(findings: readonly Diagnostic[], file: string): boolean {
  return findings.some(
    ({ code, data }) => UNOPENED.has(code) && 'file' in data && data.file === file,
  );
}

const UNOPENED: ReadonlySet<DiagnosticCode> = new Set([
  'DELTA_MISSING',
  'SPARE_DELTA_MISSING',
  'DELTA_UNREADABLE',
]);

/** Looks at the file of every image, those of parent volumes included. */
export async function surveyImages(
  disk: LoadedDisk,
  signal: AbortSignal | undefined,
): Promise<ImageSurvey> {
  const diagnostics: Diagnostic[] = [];
  const paths = new Set<string>();
  const inodes = new Map<string, PlacedImage>();

  for (const placed of placedImages(disk)) {
    signal?.throwIfAborted();
    const { image, file, volume } = placed;
    const { guid } = image;
    const add = (finding: Diagnostic): void => {
      diagnostics.push(...ofVolume(volume, [finding]));
    };
    paths.add(normalize(file));
    try {
      const { real, key } = await runAsync(imageFile(file));
      paths.add(real);
      if (isOutside((volume ?? disk).directory, real))
        add(diagnostic('DELTA_OUTSIDE', { guid, file }));
      const other = inodes.get(key);
      if (other === undefined) inodes.set(key, placed);
      // What is spelled the same is found in the descriptor alone.
      else if (tidyPath(other.image.file) !== tidyPath(image.file)) add(sharedDelta(placed, other));
    } catch (cause) {
      const isNeeded = disk.graph?.isActive(guid) === true;
      add(
        isGone(cause)
          ? diagnostic(isNeeded ? 'DELTA_MISSING' : 'SPARE_DELTA_MISSING', { guid, file })
          : diagnostic('DELTA_UNREADABLE', { guid, file, reason: reasonOf(cause) }),
      );
    }
  }
  return { diagnostics, paths, inodes };
}

function* imageFile(file: string): Steps<{ readonly real: string; readonly key: string }> {
  const { stats } = yield* readStart(file, 0);
  return { real: yield* realPath(file), key: inodeKey(stats) };
}

function isOutside(directory: string, file: string): boolean {
  const path = relative(directory, file);
  return path === '..' || path.startsWith('../');
}

function sharedDelta({ image, file }: PlacedImage, other: PlacedImage): Diagnostic {
  return diagnostic('DELTA_SHARED', {
    guid: image.guid,
    other: other.image.guid,
    file,
    otherFile: other.file,
  });
}
