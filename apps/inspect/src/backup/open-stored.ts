import type { FileHandle } from 'node:fs/promises';

import { DescriptorError, diagnostic } from '@ploop/descriptor';

import { unreadable } from './failures.ts';
import { openPlain } from './open-plain.ts';
import type { StoredFile } from './sets.ts';

/** Why an image is not the one of a backup. */
export const OTHER_HASH = 'its SHA-256 is another one';

/**
 * Opens an image of a repository. Its content is not compared.
 *
 * @throws DescriptorError with code `DELTA_MISSING`, `FILE_UNREADABLE`, or `BACKUP_DIFFERS` if it cannot be the image.
 */
export async function openStored(path: string, { guid, bytes }: StoredFile): Promise<FileHandle> {
  const handle = await openPlain(path).catch((cause: unknown) => {
    if (!(cause instanceof Error && 'code' in cause && cause.code === 'ENOENT'))
      throw unreadable(path, cause);
    throw new DescriptorError([diagnostic('DELTA_MISSING', { guid, file: path })], { cause });
  });
  const status = await handle.stat();
  if (status.isFile() && status.size === bytes) return handle;
  await handle.close();
  const reason = status.isFile()
    ? `it has ${String(status.size)} bytes, not ${String(bytes)}`
    : 'it is not a regular file';
  throw new DescriptorError([diagnostic('BACKUP_DIFFERS', { file: path, reason })]);
}
