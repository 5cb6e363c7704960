import { basename, dirname, normalize, relative } from 'node:path';

import type { DiagnosticCode } from '../diagnostics/codes.ts';
import { diagnostic, type Diagnostic } from '../diagnostics/diagnostic.ts';
import type { Image } from '../model.ts';
import { resolveFile, tidyPath } from '../resolve-file.ts';
import { isGone, reasonOf } from './failure.ts';
import { readStart, realPath } from './files.ts';
import type { LoadedDescriptor } from './load-descriptor.ts';
import { runAsync, type Steps } from '../steps.ts';

/** What the images of a descriptor are in the file system. */
export interface ImageSurvey {
  readonly diagnostics: readonly Diagnostic[];
  /** Names in the directory of the descriptor that belong to images, as written and as symlinks lead to them. */
  readonly names: ReadonlySet<string>;
  /** The files of images, by {@link inodeKey}. */
  readonly inodes: ReadonlyMap<string, Image>;
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

/** Looks at the file of every image. */
export async function surveyImages(
  { descriptor, graph, directory }: LoadedDescriptor,
  signal: AbortSignal | undefined,
): Promise<ImageSurvey> {
  const diagnostics: Diagnostic[] = [];
  const names = new Set<string>();
  const inodes = new Map<string, Image>();
  const claim = (path: string): void => {
    if (dirname(path) === directory) names.add(basename(path));
  };

  for (const image of descriptor?.images ?? []) {
    signal?.throwIfAborted();
    const { guid } = image;
    const file = resolveFile(directory, image.file);
    claim(normalize(file));
    try {
      const { real, key } = await runAsync(imageFile(file));
      claim(real);
      if (isOutside(directory, real)) diagnostics.push(diagnostic('DELTA_OUTSIDE', { guid, file }));
      const other = inodes.get(key);
      if (other === undefined) inodes.set(key, image);
      // What is spelled the same is found in the descriptor alone.
      else if (tidyPath(other.file) !== tidyPath(image.file))
        diagnostics.push(sharedDelta(directory, image, other));
    } catch (cause) {
      const missing = graph?.isActive(guid) === true ? 'DELTA_MISSING' : 'SPARE_DELTA_MISSING';
      diagnostics.push(
        isGone(cause)
          ? diagnostic(missing, { guid, file })
          : diagnostic('DELTA_UNREADABLE', { guid, file, reason: reasonOf(cause) }),
      );
    }
  }
  return { diagnostics, names, inodes };
}

function* imageFile(file: string): Steps<{ readonly real: string; readonly key: string }> {
  const { stats } = yield* readStart(file, 0);
  return { real: yield* realPath(file), key: inodeKey(stats) };
}

function isOutside(directory: string, file: string): boolean {
  const path = relative(directory, file);
  return path === '..' || path.startsWith('../');
}

function sharedDelta(directory: string, image: Image, other: Image): Diagnostic {
  return diagnostic('DELTA_SHARED', {
    guid: image.guid,
    other: other.guid,
    file: resolveFile(directory, image.file),
    otherFile: resolveFile(directory, other.file),
  });
}
