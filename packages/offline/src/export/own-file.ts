import { constants, type BigIntStats } from 'node:fs';
import { open, type FileHandle } from 'node:fs/promises';

import { failureOf, isGone } from '@ploop/descriptor/node/internal';

/** A file that is open, and what was said of it then. */
export interface OwnFile {
  readonly path: string;
  readonly handle: FileHandle;
  readonly stats: BigIntStats;
}

const FLAGS = constants.O_RDWR | constants.O_NOFOLLOW | constants.O_NONBLOCK | constants.O_NOCTTY;
const OTHERS_WRITE = 0o022n;

/**
 * Opens a file that an earlier run of the same user has left, for reading and writing; `undefined` if it does not exist.
 * Anyone who can write to the directory can put something else under its name: all that says whose file it is comes
 * from the open file, as its path can lead to another one the next moment.
 *
 * @throws Error if it is not a regular file, has another owner or a second name, or others can write to it.
 */
export async function openOwn(path: string): Promise<OwnFile | undefined> {
  let handle: FileHandle;
  try {
    handle = await open(path, FLAGS);
  } catch (error) {
    if (isGone(error)) return undefined;
    if (failureOf(error) === 'ELOOP') throw new Error(`${path} is a symlink`, { cause: error });
    throw error;
  }
  try {
    const stats = await handle.stat({ bigint: true });
    const foreign = foreignIn(stats);
    if (foreign !== undefined) throw new Error(`${path} ${foreign}`);
    return { path, handle, stats };
  } catch (error) {
    await handle.close();
    throw error;
  }
}

/** What shows that a file is not one that this user has made for itself alone. */
function foreignIn(stats: BigIntStats): string | undefined {
  // Windows has neither owners nor modes here.
  const uid = process.geteuid?.();
  if (!stats.isFile()) return 'is not a regular file';
  if (stats.nlink !== 1n) return `has ${String(stats.nlink)} names`;
  if (uid === undefined) return undefined;
  if (stats.uid !== BigInt(uid)) return `belongs to user ${String(stats.uid)}`;
  if ((stats.mode & OTHERS_WRITE) !== 0n) return 'can be written by other users';
  return undefined;
}
