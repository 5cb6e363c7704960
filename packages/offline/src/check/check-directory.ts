import type { Dirent, OpenDirOptions } from 'node:fs';
import { opendir } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';

import { diagnostic, type Diagnostic, SECTOR_SIZE } from '@ploop/descriptor';
import { isWhole, runAsync, type Steps, refuseTooManyOpen } from '@ploop/descriptor/internal';
import type { Confinement, LoadedDescriptor } from '@ploop/descriptor/node';
import {
  orphan,
  type Disk,
  lookAt,
  lookAtEntry,
  type FileLook,
  usableDescriptor,
  reasonOf,
  entryName,
  type EntryName,
} from '@ploop/descriptor/node/internal';

import { filesBeside } from '../beside/files-beside.ts';
import { interruptedOperation } from '../beside/interrupted.ts';
import { leftoverOf, type KnownNames } from '../beside/leftovers.ts';
import { otherDescriptor } from '../beside/rival.ts';
import { linkOutside } from '../beside/side-links.ts';
import type { LoadedVolume } from '../disk/load-volumes.ts';
import type { ImageSurvey } from './check-images.ts';

/** What is in the directory of a descriptor besides it and its images. */
export interface DirectorySurvey {
  readonly loaded: LoadedDescriptor | LoadedVolume;
  /** Findings that need nothing but the name, by name; under the empty name, that of the directory. */
  readonly named: ReadonlyMap<string, Diagnostic>;
  /** All regular files, in the order of the directory. */
  readonly looks: readonly FileLook[];
  /** Absolute paths of all regular files, those of the images included. */
  readonly files: ReadonlySet<string>;
}

/** Looks at what is in the directory of a descriptor and belongs to none of its images. */
export async function surveyDirectory(
  loaded: LoadedDescriptor | LoadedVolume,
  { paths }: ImageSurvey,
  confinement: Confinement,
  signal: AbortSignal | undefined,
): Promise<DirectorySurvey> {
  const { path, directory } = loaded;
  const names = new Set(
    [...paths].flatMap((image) => (dirname(image) === directory ? [basename(image)] : [])),
  );
  const known = { descriptor: basename(path), images: names };
  const named = new Map<string, Diagnostic>();
  const looks: FileLook[] = [];
  const files = new Set<string>();

  signal?.throwIfAborted();
  try {
    for await (const { entry, name } of entriesOf(directory)) {
      signal?.throwIfAborted();
      const file = join(directory, name.text);
      if (!name.isUtf8) {
        const look = entry.isFile()
          ? await runAsync(lookAtEntry(directory, name, confinement))
          : undefined;
        if (look !== undefined) looks.push(look);
        continue;
      }
      if (entry.isFile()) files.add(file);
      if (name.text === known.descriptor || names.has(name.text)) continue;
      const finding = await runAsync(findingByName(file, entry, known, confinement));
      if (finding !== undefined) named.set(name.text, finding);
      if (!entry.isFile()) continue;
      const look = await runAsync(lookAt(directory, file, confinement));
      if (look !== undefined) looks.push(look);
      if (finding?.code === 'OPERATION_INTERRUPTED') {
        const { bytes, descriptor } = look ?? {};
        const prepared = { file, bytes, descriptor: descriptor?.descriptor };
        named.set(name.text, interruptedOperation(prepared, loaded));
      }
    }
  } catch (cause) {
    signal?.throwIfAborted();
    refuseTooManyOpen(directory, cause);
    named.set('', diagnostic('FILE_UNREADABLE', { file: directory, reason: reasonOf(cause) }));
  }
  return { loaded, named, looks, files };
}

/** The files of a survey that are not images under another name and named by no other descriptor. */
export function unusedFiles(
  { looks }: DirectorySurvey,
  { inodes }: Pick<ImageSurvey, 'inodes'>,
): readonly FileLook[] {
  const described = new Set(
    looks.flatMap(({ descriptor }) => descriptor?.images.map(({ file }) => file) ?? []),
  );
  return looks.filter(
    ({ file, key, descriptor }) =>
      descriptor === undefined && !inodes.has(key) && !described.has(file),
  );
}

/**
 * The findings of a survey, ordered by file name, as steps.
 *
 * @param diskAround - What is known of the disk, as far as it concerns a file.
 */
export function* directoryFindings(
  survey: DirectorySurvey,
  { paths, inodes }: ImageSurvey,
  diskAround: (file: string) => Disk,
  confinement: Confinement,
): Steps<readonly Diagnostic[]> {
  const { loaded, named, looks, files } = survey;
  const found = new Map([...named].map(([name, finding]) => [name, [finding]]));
  const add = (file: string, finding: Diagnostic | undefined): void => {
    if (finding === undefined) return;
    const name = basename(file);
    found.set(name, [...(found.get(name) ?? []), finding]);
  };
  // A document that the tool refuses may name images that could not be read from it.
  if (!isWhole(loaded)) {
    // Of a document that nothing can be read from, loading says so.
    if (loaded.descriptor === undefined) return sorted(found);
    for (const look of looks) add(look.file, usableDescriptor(look, files));
  } else {
    const nameable = looks.filter(({ isEscaped }) => isEscaped !== true);
    const byFile = new Map(nameable.map((look) => [look.file, look]));
    const owned = [...inodes].map(([key, { file }]) => [key, file] as const);
    const own = { path: loaded.path, paths, files: new Map(owned), confinement };
    for (const look of looks) {
      const other = yield* otherDescriptor(look, byFile, own);
      if (other?.code === 'DESCRIPTOR_RIVAL' || !named.has(basename(look.file)))
        add(look.file, other);
    }
    const unused = unusedFiles(survey, { inodes }).filter(({ file }) => !named.has(basename(file)));
    const rest = unused.filter((look) => {
      const finding = orphan(look, diskAround(look.file));
      add(look.file, finding);
      return finding === undefined;
    });
    add('\uffff', filesBeside(rest, (loaded.descriptor?.size ?? 0) * SECTOR_SIZE));
  }
  return sorted(found);
}

function sorted(found: ReadonlyMap<string, readonly Diagnostic[]>): readonly Diagnostic[] {
  return [...found.keys()].sort().flatMap((name) => found.get(name) ?? []);
}

/** A name that is not UTF-8 is another one as a string. */
async function* entriesOf(
  directory: string,
): AsyncGenerator<{ readonly entry: Dirent<Buffer>; readonly name: EntryName }> {
  const options = { encoding: 'buffer', bufferSize: 256 } as unknown as OpenDirOptions;
  const entries = (await opendir(directory, options)) as AsyncIterable<Dirent<Buffer>>;
  for await (const entry of entries) yield { entry, name: entryName(entry.name) };
}

function* findingByName(
  file: string,
  entry: Dirent<Buffer>,
  known: KnownNames,
  confinement: Confinement,
): Steps<Diagnostic | undefined> {
  if (entry.isSymbolicLink()) return yield* linkOutside(file, known, confinement);
  const kind = entry.isDirectory() ? 'directory' : entry.isFile() ? 'file' : undefined;
  if (kind === undefined) return undefined;
  const leftover = leftoverOf(kind, basename(file), known);
  return leftover === undefined ? undefined : diagnostic(leftover, { file });
}
