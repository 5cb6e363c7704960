import { link, open, rename, unlink } from 'node:fs/promises';
import { dirname } from 'node:path';

import { NODE } from '../arguments/node.ts';
import { requireCall } from '../arguments/require.ts';
import { diagnostic } from '../diagnostics/diagnostic.ts';
import { DescriptorError } from '../errors.ts';
import { failureOf, reasonOf } from './failure.ts';
import { syncDirectory } from './sync-directory.ts';

/** File systems without hard links, such as FAT. */
const NO_LINKS: ReadonlySet<unknown> = new Set(['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS']);

/**
 * Renames a file within its file system to a name that nothing has: unlike a rename, it never replaces what appeared
 * there meanwhile.
 *
 * @throws the error of the file system, `EEXIST` if something has that name. The file still has its old name then.
 */
export async function placeNew(from: string, to: string): Promise<void> {
  requireCall(NODE.placeNew, [from, to]);
  try {
    await link(from, to);
  } catch (error) {
    if (!NO_LINKS.has(failureOf(error))) throw error;
    await replaceOwn(from, to);
    return;
  }
  // The file is in its place: a second name does not change that.
  await unlink(from).catch(() => undefined);
}

/** Takes the name with an empty file first, which fails if something has it, and replaces that. */
async function replaceOwn(from: string, to: string): Promise<void> {
  const handle = await open(to, 'wx', 0o600);
  await handle.close();
  try {
    await rename(from, to);
  } catch (error) {
    await unlink(to);
    throw error;
  }
}

/**
 * Waits until the disk has the name of a file that is in its place.
 *
 * @throws DescriptorError `FILE_NOT_SYNCED`
 */
export async function syncPlace(file: string): Promise<void> {
  requireCall(NODE.syncPlace, [file]);
  try {
    await syncDirectory(dirname(file));
  } catch (cause) {
    throw notSynced(file, cause);
  }
}

/** The error of a file that is in its place, of which a power cut may leave nothing. */
export function notSynced(file: string, cause: unknown): DescriptorError {
  const finding = diagnostic('FILE_NOT_SYNCED', { file, reason: reasonOf(cause) });
  return new DescriptorError([finding], { cause });
}
