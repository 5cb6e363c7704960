import { constants } from 'node:fs';
import { open, unlink, type FileHandle } from 'node:fs/promises';
import { dirname } from 'node:path';

import { diagnostic, DescriptorError, bytes as toByteCount } from '@ploop/descriptor';
import { requireCall } from '@ploop/descriptor/arguments';
import { refuseTooManyOpen } from '@ploop/descriptor/internal';
import { reasonOf, checkedPath, syncDirectory } from '@ploop/descriptor/node/internal';
import type { NewImage, ImageTarget } from '@ploop/image';
import { writeZeros } from '@ploop/image/internal';

import { OFFLINE } from '../arguments.ts';
import { handleReader, writeFully } from './handle.ts';

/** An image file that is open for writing. */
export interface ImageTargetFile extends ImageTarget {
  /** Closes the file; writes must have settled. */
  readonly close: () => Promise<void>;
}

const MODE = 0o600;

/**
 * Opens an image file for reading and writing, as `mergeDelta` needs it. Takes no lock: nobody else may use the disk.
 *
 * @throws DescriptorError with code `FILE_UNREADABLE`.
 */
export async function openImageTarget(path: string): Promise<ImageTargetFile> {
  requireCall(OFFLINE.openImageTarget, [path]);
  // A pipe in the place of a file must not block.
  const flags = constants.O_RDWR | constants.O_NONBLOCK | constants.O_NOCTTY;
  try {
    const handle = await open(checkedPath(path), flags);
    try {
      const stats = await handle.stat();
      if (!stats.isFile()) throw new Error('not a regular file');
      return { ...targetOf(path, handle, stats.size), close: () => handle.close() };
    } catch (error) {
      await handle.close();
      throw error;
    }
  } catch (cause) {
    refuseTooManyOpen(path, cause);
    const finding = diagnostic('FILE_UNREADABLE', { file: path, reason: reasonOf(cause) });
    throw new DescriptorError([finding], { cause });
  }
}

/**
 * Writes a new image where there is no file yet, without holes, and waits until it is on the disk for good. After a
 * failure there is no file.
 *
 * @throws DescriptorError with code `FILE_UNWRITABLE`, where there is a file already, too.
 */
export async function writeNewImage(path: string, image: NewImage): Promise<void> {
  requireCall(OFFLINE.writeNewImage, [path, image]);
  try {
    const handle = await open(checkedPath(path), 'wx+', MODE);
    try {
      const target = targetOf(path, handle, 0);
      await target.writeAt(image.header, 0);
      await writeZeros(target, image.header.length, image.fileBytes);
      await target.sync();
      await syncDirectory(dirname(path));
    } catch (error) {
      await unlink(path);
      throw error;
    } finally {
      await handle.close();
    }
  } catch (cause) {
    refuseTooManyOpen(path, cause);
    const finding = diagnostic('FILE_UNWRITABLE', { file: path, reason: reasonOf(cause) });
    throw new DescriptorError([finding], { cause });
  }
}

function targetOf(file: string, handle: FileHandle, size: number): ImageTarget {
  return {
    file,
    bytes: toByteCount(size),
    readAt: handleReader(handle),
    writeAt: (bytes, position) => writeFully(handle, bytes, position),
    sync: () => handle.sync(),
  };
}
