import { basename, dirname, join } from 'node:path';

import type { Diagnostic } from '@ploop/descriptor';
import { type Steps, refuseTooManyOpen } from '@ploop/descriptor/internal';
import type { Confinement } from '@ploop/descriptor/node';
import {
  status,
  inodeKey,
  namesIn,
  lookAt,
  lookForDescriptor,
  type FileLook,
} from '@ploop/descriptor/node/internal';

import { otherDescriptor } from './rival.ts';

/** A disk whose directory is looked at for other descriptors. */
export interface DiskBeside {
  /** Absolute path of its descriptor; if it is not known, that one is read as any other. */
  readonly path: string | undefined;
  readonly directory: string;
  /** Absolute paths of its images. */
  readonly images: readonly string[];
  readonly confinement: Confinement;
}

/**
 * The findings about other descriptors beside a disk that name images which it does not, as steps. Lists the directory
 * once; of the files in it, only those are opened that may be descriptors, and what those name.
 */
export function* rivalsOf({
  path = '',
  directory,
  images,
  confinement,
}: DiskBeside): Steps<readonly Diagnostic[]> {
  const paths = new Set(images);
  // An image that is read alone has no descriptor that another could contradict.
  if (paths.has(path)) return [];
  const entries = yield* namesIn(directory);
  const names = new Set(entries.filter(({ isUtf8 }) => isUtf8).map(({ text }) => text));
  const others: FileLook[] = [];
  for (const name of entries) {
    const file = join(directory, name.text);
    if (name.isUtf8 && (file === path || paths.has(file))) continue;
    const look = yield* lookForDescriptor(directory, name, confinement);
    if (look?.descriptor?.images.some((image) => !paths.has(image.file)) === true)
      others.push(look);
  }
  if (others.length === 0) return [];
  const looks = new Map<string, FileLook>();
  for (const { file } of others.flatMap(({ descriptor }) => descriptor?.images ?? [])) {
    if (paths.has(file) || looks.has(file)) continue;
    const isHere = dirname(file) === directory && names.has(basename(file));
    const look = isHere ? yield* lookAt(directory, file, confinement) : undefined;
    if (look !== undefined) looks.set(file, look);
  }
  const own = { path, paths, files: yield* filesByKey(images), confinement };
  const rivals: Diagnostic[] = [];
  for (const look of others) {
    const finding = yield* otherDescriptor(look, looks, own);
    if (finding?.code === 'DESCRIPTOR_RIVAL') rivals.push(finding);
  }
  return rivals;
}

function* filesByKey(images: readonly string[]): Steps<ReadonlyMap<string, string>> {
  const files = new Map<string, string>();
  for (const file of images)
    try {
      files.set(inodeKey(yield* status(file)), file);
    } catch (cause) {
      // What is missing cannot be named by another descriptor.
      refuseTooManyOpen(file, cause);
    }
  return files;
}
