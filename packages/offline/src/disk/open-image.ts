import { close, fstat, read, readSync, type BigIntStats } from 'node:fs';
import { promisify } from 'node:util';

import { type DescriptorError, bytes as toByteCount } from '@ploop/descriptor';
import { requireCall } from '@ploop/descriptor/arguments';
import {
  unreadable,
  type ImageSource,
  type ReadAt,
  type ReadAtSync,
  runAsync,
  type Steps,
} from '@ploop/descriptor/internal';
import type { Confinement, FileIdentity } from '@ploop/descriptor/node';
import {
  openNamed,
  type NamedFile,
  closeFile,
  openRegular,
  type OpenFile,
  identityOf,
  readable,
} from '@ploop/descriptor/node/internal';
import { describeImage, type DescriptionResult } from '@ploop/image';
import { startOf } from '@ploop/image/internal';

import { OFFLINE } from '../arguments.ts';
import { createFilePool } from './file-pool.ts';

const fstatAsync = promisify(fstat);
/** Closes a file of which nothing needs to be written any more. */
export const closeAsync = promisify(close);

/** An image file that is open for reading. */
export interface ImageFile extends ImageSource {
  readonly readAtSync: ReadAtSync;
  /** Of the file at the time it was opened. */
  readonly identity: FileIdentity;
  /** Of the file now: another one than `identity` where somebody has written to it. */
  readonly identityNow: () => Promise<FileIdentity>;
  /** What the file system says of the file now. */
  readonly statusNow: () => Promise<BigIntStats>;
  /** Closes the file when the reads that have begun have settled. Reads that begin later fail. */
  readonly close: () => Promise<void>;
}

/**
 * Opens an image file for reading, and never for more. Symlinks are followed; a pipe or a device is refused.
 *
 * @throws DescriptorError with code `FILE_UNREADABLE`.
 */
export async function openImageFile(path: string): Promise<ImageFile> {
  return await closable(await runAsync(imageFileAt(path)));
}

/**
 * {@link openImageFile} for the file that a descriptor names.
 *
 * @throws DescriptorError with code `DELTA_OUTSIDE` or `FILE_UNREADABLE`.
 */
export async function openNamedImage(
  named: NamedFile,
  confinement: Confinement,
): Promise<ImageFile> {
  return await closable(await runAsync(namedImageAt(named, confinement)));
}

async function closable(source: OpenSource): Promise<ImageFile> {
  const { fd, file } = source;
  let isClosed = false;
  // The only file of its pool is never closed to make room.
  const pool = createFilePool({ most: 1, close: closeAsync });
  const { use } = pool.add(
    () => Promise.resolve(fd),
    () => closedImage(file),
  );
  await use(() => Promise.resolve());
  const statusNow = (): Promise<BigIntStats> => use(() => fstatAsync(fd, { bigint: true }));
  return {
    ...source,
    keepOpen: (work) => use(work),
    readAt: (target, position) => use(() => source.readAt(target, position)),
    readAtSync: (target, position) => {
      if (isClosed) throw closedImage(file);
      return source.readAtSync(target, position);
    },
    identityNow: async () => identityOf(await statusNow()),
    statusNow,
    close: () => {
      isClosed = true;
      return pool.close();
    },
  };
}

/** The error of a read that begins after its file was closed: its number may be that of another file by then. */
export function closedImage(file: string): DescriptorError {
  return unreadable(file, 'it has been closed');
}

/** What {@link namedImageAt} opens. */
export interface OpenSource extends Omit<ImageFile, 'identityNow' | 'statusNow' | 'close'> {
  readonly fd: number;
}

/** {@link openImageFile} as steps. */
function* imageFileAt(path: string): Steps<OpenSource> {
  requireCall(OFFLINE.openImageFile, [path]);
  return sourceOf(path, yield* readable(path, openRegular(path)));
}

/** {@link openNamedImage} as steps. */
export function* namedImageAt(named: NamedFile, confinement: Confinement): Steps<OpenSource> {
  requireCall(OFFLINE.describeNamedImage, [named, confinement]);
  return sourceOf(named.file, yield* openNamed(named, confinement));
}

function sourceOf(path: string, { fd, stats }: OpenFile): OpenSource {
  return {
    fd,
    file: path,
    bytes: toByteCount(Number(stats.size)),
    readAt: readerOf(fd),
    readAtSync: blockingReaderOf(fd),
    identity: identityOf(stats),
  };
}

/**
 * Describes the image file at a path, as {@link describeImage} does.
 *
 * @throws DescriptorError with code `FILE_UNREADABLE`.
 */
export async function describeImageFile(path: string): Promise<DescriptionResult> {
  const source = await openImageFile(path);
  try {
    return await describeImage(source);
  } finally {
    await source.close();
  }
}

/** {@link describeImageFile} for the file that a descriptor names; `DELTA_OUTSIDE` if it is outside. */
export async function describeNamedImage(
  named: NamedFile,
  confinement: Confinement,
): Promise<DescriptionResult> {
  const source = await openNamedImage(named, confinement);
  try {
    return await describeImage(source);
  } finally {
    await source.close();
  }
}

/** {@link describeImageFile} as steps, of the header alone: a format extension is not looked at. */
export function* descriptionAt(path: string): Steps<DescriptionResult> {
  const source = yield* imageFileAt(path);
  try {
    return yield* startOf(source);
  } finally {
    yield* closeFile(source.fd);
  }
}

/** Reads from an open file. */
export function readerOf(fd: number): ReadAt {
  return (target, position) =>
    new Promise((resolve, reject) => {
      const readOn = (filled: number): void => {
        read(fd, target, filled, target.length - filled, position + filled, (error, count) => {
          if (error !== null) reject(error);
          else if (count === 0 || filled + count === target.length) resolve(filled + count);
          else readOn(filled + count);
        });
      };
      readOn(0);
    });
}

/** Reads from an open file, blocking. */
export function blockingReaderOf(fd: number): ReadAtSync {
  return (target, position) => {
    let filled = 0;
    while (filled < target.length) {
      const count = readSync(fd, target, filled, target.length - filled, position + filled);
      if (count === 0) break;
      filled += count;
    }
    return filled;
  };
}
