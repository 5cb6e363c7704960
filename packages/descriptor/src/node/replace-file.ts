import { randomBytes } from 'node:crypto';
import { constants, type BigIntStats } from 'node:fs';
import { dirname, join } from 'node:path';

import { diagnostic } from '../diagnostics/diagnostic.ts';
import { DescriptorError } from '../errors.ts';
import { failureOf } from './failure.ts';
import { openStatus, withFile } from './files.ts';
import { identityOf, type FileIdentity } from './identity.ts';
import { notSynced } from './place-file.ts';
import type { Steps } from '../steps.ts';
import { changeMode, changeOwner, remove, replace, sync, writeAll } from './write-files.ts';

/** How the file that is to take the place of a descriptor is called; what follows is random. */
export const SAVE_PREFIX = '.ploop-save-';

const NEW = constants.O_RDWR | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW;
const PERMISSIONS = 0o7777n;

/**
 * Replaces a file by rename: a reader finds the old content or the new, also after a power cut. Owner and mode
 * are kept. Until the rename every failure leaves the file as it was and nothing beside it.
 *
 * @param lookAgain - Looks at the file, and throws where it must not be replaced. Asked first, and last before the rename.
 * @throws DescriptorError `OWNER_NOT_KEPT` or `FILE_NOT_SYNCED`; else what the file system or `lookAgain` throws.
 */
export function* replaceFile(
  path: string,
  bytes: Uint8Array,
  lookAgain: () => Steps<BigIntStats>,
): Steps<FileIdentity> {
  const old = yield* lookAgain();
  const directory = dirname(path);
  return yield* withFile(directory, constants.O_RDONLY, function* (directoryFd) {
    const made = join(directory, `${SAVE_PREFIX}${randomBytes(8).toString('hex')}`);
    return yield* withFile(made, NEW, function* (fd): Steps<FileIdentity> {
      let written: FileIdentity;
      try {
        yield* keepOwner(path, fd, old);
        yield* changeMode(fd, Number(old.mode & PERMISSIONS));
        yield* writeAll(fd, bytes);
        yield* sync(fd);
        written = identityOf(yield* openStatus(fd));
        yield* lookAgain();
        yield* replace(made, path);
      } catch (error) {
        yield* discard(made);
        throw error;
      }
      return yield* settle(path, directoryFd, fd, written);
    });
  });
}

/** What went wrong before is worth more than that this went wrong as well. */
function* discard(path: string): Steps<void> {
  try {
    yield* remove(path);
  } catch {
    // Somebody else has removed it, or the file system has become read-only.
  }
}

function* keepOwner(file: string, fd: number, { uid, gid }: BigIntStats): Steps<void> {
  const isKept = (stats: BigIntStats): boolean => stats.uid === uid && stats.gid === gid;
  if (isKept(yield* openStatus(fd))) return;
  try {
    yield* changeOwner(fd, Number(uid), Number(gid));
  } catch (cause) {
    throw ownerNotKept(file, uid, gid, cause);
  }
  // There are file systems where that succeeds and changes nothing.
  if (!isKept(yield* openStatus(fd))) throw ownerNotKept(file, uid, gid);
}

function ownerNotKept(file: string, uid: bigint, gid: bigint, cause?: unknown): DescriptorError {
  const data = { file, uid: Number(uid), gid: Number(gid) };
  return new DescriptorError([diagnostic('OWNER_NOT_KEPT', data)], { cause });
}

/** Directories that cannot be synced are those of file systems that need no sync, or have none. */
const NO_SYNC: ReadonlySet<unknown> = new Set(['EINVAL', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS']);

/** After the rename, no failure means that the file was not replaced. */
function* settle(
  file: string,
  directoryFd: number,
  fd: number,
  written: FileIdentity,
): Steps<FileIdentity> {
  try {
    yield* syncDirectory(directoryFd);
    // The rename is a change of the inode; a write by others since then is to be noticed.
    return { ...written, ctimeNs: (yield* openStatus(fd)).ctimeNs };
  } catch (cause) {
    throw notSynced(file, cause);
  }
}

function* syncDirectory(fd: number): Steps<void> {
  try {
    yield* sync(fd);
  } catch (cause) {
    if (!NO_SYNC.has(failureOf(cause))) throw cause;
  }
}
