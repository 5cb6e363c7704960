import type { Dirent } from 'node:fs';
import { opendir } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';

import { diagnostic, type Diagnostic } from '../diagnostics/diagnostic.ts';
import { HEADER_BYTES, SIGNATURE_BYTES, versionOf } from '../image/header.ts';
import type { ImageSurvey } from './check-images.ts';
import { isGone, reasonOf } from './failure.ts';
import { openWithin, type Confinement } from './confine.ts';
import { linkStatus, startOfOpen } from './files.ts';
import { inodeKey } from './inode-key.ts';
import { leftoverOf } from './leftovers.ts';
import { linkOutside } from './side-links.ts';
import type { LoadedDescriptor } from './load-descriptor.ts';
import type { LoadedVolume } from './load-volumes.ts';
import { isAmbiguous } from './path-name.ts';
import { isWhole } from '../storages.ts';
import { runAsync, type Steps } from '../steps.ts';
import { refuseTooManyOpen } from '../too-many-open.ts';

/** How every release names the deltas that it makes: after the base, with a random GUID. */
const DELTA_NAME = /.\.\{[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\}$/i;

/** What is in the directory of a descriptor and belongs to none of its images, in the order of the names. */
export async function surveyDirectory(
  loaded: LoadedDescriptor | LoadedVolume,
  { paths, inodes }: ImageSurvey,
  confinement: Confinement,
  signal: AbortSignal | undefined,
): Promise<readonly Diagnostic[]> {
  const { path, directory } = loaded;
  const isComplete = isWhole(loaded);
  const names = new Set(
    [...paths].flatMap((image) => (dirname(image) === directory ? [basename(image)] : [])),
  );
  const known = { descriptor: basename(path), images: names };
  const found = new Map<string, Diagnostic>();

  const judge = async (entry: Dirent): Promise<Diagnostic | undefined> => {
    const file = join(directory, entry.name);
    if (entry.isSymbolicLink()) return runAsync(linkOutside(file, known, confinement));
    const kind = entry.isDirectory() ? 'directory' : entry.isFile() ? 'file' : undefined;
    if (kind === undefined) return undefined;
    const leftover = leftoverOf(kind, entry.name, known);
    if (leftover !== undefined) return diagnostic(leftover, { file });
    // A document that the tool refuses may name images that could not be read from it.
    return kind === 'file' && isComplete
      ? runAsync(orphanAt(file, inodes, confinement))
      : undefined;
  };

  signal?.throwIfAborted();
  try {
    for await (const entry of await opendir(directory, { bufferSize: 256 })) {
      signal?.throwIfAborted();
      if (entry.name === known.descriptor || names.has(entry.name)) continue;
      const finding = await judge(entry);
      if (finding !== undefined) found.set(entry.name, finding);
    }
  } catch (cause) {
    signal?.throwIfAborted();
    refuseTooManyOpen(directory, cause);
    found.set('', diagnostic('FILE_UNREADABLE', { file: directory, reason: reasonOf(cause) }));
  }
  return [...found.keys()].sort().flatMap((name) => found.get(name) ?? []);
}

/** A file that looks like a delta, by its name or its content, and is none of the images under another name. */
function* orphanAt(
  file: string,
  inodes: ImageSurvey['inodes'],
  confinement: Confinement,
): Steps<Diagnostic | undefined> {
  try {
    const stats = yield* linkStatus(file);
    if (!stats.isFile() || inodes.has(inodeKey(stats))) return undefined;
    const isDelta = DELTA_NAME.test(file) || (yield* hasSignature(file, stats.size, confinement));
    const bytes = Number(stats.size);
    return isDelta ? diagnostic('DELTA_ORPHANED', { file, bytes }) : undefined;
  } catch (cause) {
    refuseTooManyOpen(file, cause);
    if (isAmbiguous(file) && isGone(cause) && DELTA_NAME.test(file))
      return diagnostic('FILE_UNREADABLE', { file, reason: 'its name is not UTF-8' });
    // It is gone, or nobody may read it: nothing says that it is a delta.
    return undefined;
  }
}

/** Most files beside a disk are small; those need not be opened. */
function* hasSignature(file: string, size: bigint, confinement: Confinement): Steps<boolean> {
  if (size < BigInt(HEADER_BYTES)) return false;
  const opened = yield* openWithin(file, confinement);
  if (opened === undefined) return false;
  const { bytes } = yield* startOfOpen(opened, SIGNATURE_BYTES);
  return versionOf(bytes) !== undefined;
}
