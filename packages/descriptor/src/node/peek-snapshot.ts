import { diagnostic } from '../diagnostics/diagnostic.ts';
import { DescriptorError } from '../errors.ts';
import { diskReader } from '../image/read-chain.ts';
import { contentOn, type DiskContent } from '../peek/peek.ts';
import { runAsync, runSync, type Steps } from '../steps.ts';
import { isGone } from './failure.ts';
import { closeFile, openStatus } from './files.ts';
import { identityOf, sameIdentity } from './identity.ts';
import { namedImageAt, type OpenSource } from './open-image.ts';
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
export function peekSnapshot(
  path: string,
  guid?: string,
  options?: SnapshotOptions,
): Promise<DiskContent> {
  return runAsync(snapshotContent(path, guid, options));
}

/** {@link peekSnapshot}, blocking. */
export function peekSnapshotSync(
  path: string,
  guid?: string,
  options?: SnapshotOptions,
): DiskContent {
  return runSync(snapshotContent(path, guid, options));
}

/** {@link peekSnapshot} as steps. */
export function* snapshotContent(
  path: string,
  guid?: string,
  options?: SnapshotOptions,
): Steps<DiskContent> {
  try {
    return yield* contentIn(yield* snapshotFilesAt(path, guid, options));
  } catch (error) {
    // The descriptor may have been replaced since it was read: a merge takes a file away right after that.
    if (!(error instanceof DescriptorError) || !isGone(error.cause)) throw error;
    return yield* contentIn(yield* snapshotFilesAt(path, guid, options));
  }
}

function* contentIn(files: SnapshotFiles): Steps<DiskContent> {
  const { images, parts, directory, confinement, diagnostics } = files;
  const sources: OpenSource[] = [];
  try {
    for (const { guid, path } of images)
      sources.push(yield* namedImageAt({ guid, file: path, directory }, confinement));
    const { read, size } = yield* diskReader(sourceParts(parts, sources));
    const content = yield* contentOn(read, size);
    for (const { file, identity, fd } of sources)
      if (!sameIdentity(identity, identityOf(yield* openStatus(fd))))
        throw new DescriptorError([diagnostic('IMAGE_CHANGED', { file })]);
    return { ...content, diagnostics: [...diagnostics, ...content.diagnostics] };
  } finally {
    for (const { fd } of sources) yield* closeFile(fd);
  }
}
