import type { BigIntStats } from 'node:fs';

import type { DiskContent } from '@ploop/contents';
import { contentOn, type SearchOptions } from '@ploop/contents/internal';
import { type Diagnostic, DescriptorError, toBytes } from '@ploop/descriptor';
import { type ImageSource, runAsync, runSync, type Steps } from '@ploop/descriptor/internal';
import { type Confinement, sameIdentity, type FileIdentity } from '@ploop/descriptor/node';
import {
  type NamedFile,
  isGone,
  closeFile,
  openStatus,
  identityOf,
} from '@ploop/descriptor/node/internal';
import { baseFindings, diskReader } from '@ploop/image/internal';

import { cutOf, withCutBase } from './cut-base.ts';
import { backingPath } from './backing-path.ts';
import { bareDiskFindings } from './bare-disk.ts';
import { MOST_OPEN } from './image-set.ts';
import { createPageKeeper } from './kept-pages.ts';
import { namedImageAt } from './open-image.ts';
import { imageChanged, reopeningSource, seenImage } from './seen-image.ts';
import {
  snapshotFilesAt,
  sourceParts,
  type SnapshotFiles,
  type SnapshotOptions,
} from './snapshot-files.ts';

/**
 * What is on a snapshot of a disk, through its images, without mounting it: partitions and file systems. Reads a few
 * sectors and the entries of the block tables that lead there; nothing is written. Of encrypted content
 * (`CONTENT_ENCRYPTED` is in `diagnostics`) it is the ciphertext that is looked at.
 *
 * @param path - The descriptor, or the directory that holds it.
 * @param guid - The snapshot; the top where it is left out.
 * @throws DescriptorError as {@link openSnapshot}, and with code `IMAGE_CHANGED` where somebody writes to an image
 * meanwhile.
 */
export function identifySnapshot(
  path: string,
  guid?: string,
  options?: SnapshotOptions,
): Promise<DiskContent> {
  return runAsync(snapshotContent(path, guid, options));
}

/** {@link identifySnapshot}, blocking. */
export function identifySnapshotSync(
  path: string,
  guid?: string,
  options?: SnapshotOptions,
): DiskContent {
  return runSync(snapshotContent(path, guid, options));
}

/** {@link identifySnapshot} as steps. */
export function* snapshotContent(
  path: string,
  guid?: string,
  options?: SnapshotOptions,
  search?: SearchOptions,
): Steps<DiskContent> {
  try {
    return yield* contentIn(yield* snapshotFilesAt(path, guid, options), search);
  } catch (error) {
    // The descriptor may have been replaced since it was read: a merge takes a file away right after that.
    if (!(error instanceof DescriptorError) || !isGone(error.cause)) throw error;
    return yield* contentIn(yield* snapshotFilesAt(path, guid, options), search);
  }
}

function* contentIn(files: SnapshotFiles, search: SearchOptions | undefined): Steps<DiskContent> {
  const { images, parts, directory, confinement, diagnostics } = files;
  // The few reads of a long chain go through most of its images: keeping some open would not help.
  const look = images.length > MOST_OPEN ? reopenedImage(createPageKeeper()) : openedImage;
  const looked: LookedAt[] = [];
  try {
    for (const { guid, path } of images)
      looked.push(yield* look({ guid, file: path, directory }, confinement));
    const sources = looked.map(({ source }) => source);
    function* openFile(name: string, of: ImageSource): Steps<ImageSource> {
      const file = backingPath(name, of.file);
      const further = yield* look({ guid: files.guid, file, directory }, confinement);
      looked.push(further);
      return further.source;
    }
    const {
      read,
      size,
      diagnostics: sizes,
    } = yield* diskReader(sourceParts(parts, sources, openFile));
    const shorter = bareFindings(files, sources, size);
    const bare = withCutBase(shorter, yield* cutOf(files, sources[0], shorter));
    const content = yield* contentOn(read, size, search);
    for (const { source, identity, status } of looked)
      if (!sameIdentity(identity, identityOf(yield* status()))) throw imageChanged(source.file);
    return { ...content, diagnostics: [...diagnostics, ...sizes, ...bare, ...content.diagnostics] };
  } finally {
    for (const { source } of looked) if (source.fd !== undefined) yield* closeFile(source.fd);
  }
}

/** Whether the base is a bare disk that ends before its disk does. The parts of a split disk are compared with their ranges. */
function bareFindings(
  { rawBase, live, descriptor }: SnapshotFiles,
  [base, ...above]: readonly ImageSource[],
  size: number,
): readonly Diagnostic[] {
  if (!rawBase || base === undefined || descriptor.storages !== undefined) return [];
  const { file, bytes } = base;
  if (above.length > 0) return baseFindings(file, bytes, size);
  return bareDiskFindings(file, bytes, { live, diskBytes: toBytes(descriptor.size) });
}

interface LookedAt {
  /** Its file is open if `fd` is there. */
  readonly source: ImageSource;
  readonly identity: FileIdentity;
  readonly status: () => Steps<BigIntStats>;
}

function* openedImage(named: NamedFile, confinement: Confinement): Steps<LookedAt> {
  const source = yield* namedImageAt(named, confinement);
  return { source, identity: source.identity, status: () => openStatus(source.fd) };
}

function reopenedImage(keep: ReturnType<typeof createPageKeeper>) {
  return function* (named: NamedFile, confinement: Confinement): Steps<LookedAt> {
    const seen = yield* seenImage(named, { confinement, live: false });
    const source = keep(reopeningSource(seen));
    return { source, identity: seen.identity, status: seen.status };
  };
}
