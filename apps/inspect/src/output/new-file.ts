import { randomBytes } from 'node:crypto';
import { link, lstat, open, rename, unlink, type FileHandle } from 'node:fs/promises';
import { dirname, join } from 'node:path';

import { DescriptorError, diagnostic } from '@ploop/descriptor';

/** Errors of file systems that have no hard links. */
const NO_LINKS = new Set(['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS']);

/**
 * Makes a file that is complete or not there: it is written under a temporary name beside.
 *
 * @param replaces - Whether a file of that name is replaced.
 * @throws DescriptorError `FILE_UNWRITABLE` if it cannot be written, or if it exists and is not replaced.
 */
export async function withNewFile<Result>(
  path: string | Buffer,
  replaces: boolean,
  write: (file: FileHandle) => Promise<Result>,
): Promise<Result> {
  return withNewName(path, replaces, async (temporary) => {
    const file = await opened(temporary, path);
    return write(file).finally(() => file.close());
  });
}

/** The same for whatever `make` makes under a temporary name. */
export async function withNewName<Result>(
  path: string | Buffer,
  replaces: boolean,
  make: (temporary: string | Buffer) => Promise<Result>,
): Promise<Result> {
  const temporary = beside(path, `.ploop-${randomBytes(8).toString('hex')}.part`);
  try {
    const result = await make(temporary);
    await placed(temporary, path, replaces);
    return result;
  } catch (error) {
    await unlink(temporary).catch(() => undefined);
    throw isSystemError(error) ? unwritable(String(path), error) : error;
  }
}

function beside(path: string | Buffer, name: string): string | Buffer {
  if (typeof path === 'string') return join(dirname(path), name);
  return Buffer.concat([path.subarray(0, path.lastIndexOf('/') + 1), Buffer.from(name)]);
}

async function opened(temporary: string | Buffer, path: string | Buffer): Promise<FileHandle> {
  try {
    return await open(temporary, 'wx', 0o600);
  } catch (error) {
    throw unwritable(String(path), error);
  }
}

/** A link fails if there is a file already; a look before a rename would leave a moment for another one. */
async function placed(
  temporary: string | Buffer,
  path: string | Buffer,
  replaces: boolean,
): Promise<void> {
  if (replaces) {
    await rename(temporary, path);
    return;
  }
  try {
    await link(temporary, path);
  } catch (error) {
    if (!isSystemError(error) || !NO_LINKS.has(error.code ?? '')) throw error;
    if (await isThere(path)) throw unwritable(String(path), new Error('it exists'));
    await rename(temporary, path);
    return;
  }
  await unlink(temporary);
}

async function isThere(path: string | Buffer): Promise<boolean> {
  try {
    await lstat(path);
    return true;
  } catch {
    return false;
  }
}

function isSystemError(error: unknown): error is NodeJS.ErrnoException {
  return error instanceof Error && 'syscall' in error;
}

/** The error of a file that cannot be written. */
export function unwritable(file: string, error: unknown): DescriptorError {
  const { code } = error as { code?: unknown };
  const message = error instanceof Error ? error.message : String(error);
  const reason = code === 'EEXIST' ? 'it exists' : message;
  return new DescriptorError([diagnostic('FILE_UNWRITABLE', { file, reason })], { cause: error });
}
