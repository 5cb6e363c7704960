import { lstat } from 'node:fs/promises';

import { RefusedError } from '../errors/errors.ts';

/** What is at a path: a link is not followed. */
export type FileKind = 'missing' | 'file' | 'directory' | 'link' | 'block-device' | 'other';

/**
 * Says what is at an absolute path on the machine where the tool runs.
 *
 * @throws RefusedError `PATH_INVALID` where that cannot be found out.
 */
export type Look = (path: string) => Promise<FileKind>;

/** Looks on this machine. */
export const lookLocally: Look = async (path) => {
  try {
    const stats = await lstat(path);
    if (stats.isFile()) return 'file';
    if (stats.isDirectory()) return 'directory';
    if (stats.isSymbolicLink()) return 'link';
    return stats.isBlockDevice() ? 'block-device' : 'other';
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    if (code === 'ENOENT' || code === 'ENOTDIR') return 'missing';
    throw new RefusedError('PATH_INVALID', `cannot look at ${path}: ${String(error)}`);
  }
};
