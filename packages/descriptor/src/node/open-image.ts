import { close, constants, fstat, open, read } from 'node:fs';
import { promisify } from 'node:util';

import { diagnostic } from '../diagnostics/diagnostic.ts';
import { DescriptorError } from '../errors.ts';
import { describeImage, type DescriptionResult } from '../image/describe.ts';
import type { ImageSource, ReadAt } from '../image/read-at.ts';
import { bytes as toByteCount } from '../units.ts';
import { reasonOf } from './failure.ts';
import { identityOf, type FileIdentity } from './identity.ts';

const openAsync = promisify(open);
const fstatAsync = promisify(fstat);
const closeAsync = promisify(close);

/** An image file that is open for reading. */
export interface ImageFile extends ImageSource {
  /** Of the file at the time it was opened. */
  readonly identity: FileIdentity;
  /** Of the file now: another one than `identity` where somebody has written to it. */
  readonly identityNow: () => Promise<FileIdentity>;
  /** Closes the file; reads must have settled. */
  readonly close: () => Promise<void>;
}

/**
 * Opens an image file for reading, and never for more. Symlinks are followed; a pipe or a device is refused.
 *
 * @throws DescriptorError with code `FILE_UNREADABLE`.
 */
export async function openImageFile(path: string): Promise<ImageFile> {
  try {
    // A pipe in the place of a file must not block.
    const flags = constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOCTTY;
    return await imageFile(path, await openAsync(path, flags));
  } catch (cause) {
    const finding = diagnostic('FILE_UNREADABLE', { file: path, reason: reasonOf(cause) });
    throw new DescriptorError([finding], { cause });
  }
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

async function imageFile(path: string, fd: number): Promise<ImageFile> {
  try {
    const stats = await fstatAsync(fd, { bigint: true });
    if (!stats.isFile()) throw new Error('not a regular file');
    return {
      file: path,
      bytes: toByteCount(Number(stats.size)),
      readAt: readerOf(fd),
      identity: identityOf(stats),
      identityNow: async () => identityOf(await fstatAsync(fd, { bigint: true })),
      close: () => closeAsync(fd),
    };
  } catch (error) {
    await closeAsync(fd);
    throw error;
  }
}

function readerOf(fd: number): ReadAt {
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
