import type { BackupFile, BackupSet } from './backup-set.ts';
import { checkedSet } from './parse-backup-set.ts';

/** What to do to make an earlier backup the one of a later snapshot. */
export interface Increment {
  /** To be copied first, base first, over files of the same name. */
  readonly copy: readonly BackupFile[];
  /** There already. */
  readonly keep: readonly BackupFile[];
  /** Names that are not needed any more once the new descriptor is written. */
  readonly remove: readonly string[];
  /** Bytes to copy. */
  readonly bytes: number;
}

/**
 * What a later set needs beyond an earlier one. A file counts as there where its name, size and time of change are the
 * same, and its SHA-256 where both sets have it; a merge, which changes a file, makes it one to copy.
 *
 * @param previous - `undefined` before the first backup: then all files are to be copied.
 * @throws DescriptorError with code `BACKUP_INVALID` for a set that `parseBackupSet` refuses.
 */
export function incremental(previous: BackupSet | undefined, next: BackupSet): Increment {
  const earlier = previous === undefined ? [] : checkedSet(previous).files;
  const later = checkedSet(next);
  const before = new Map(earlier.map((file) => [file.name, file]));
  const isThere = (file: BackupFile): boolean => isSame(before.get(file.name), file);
  const copy = later.files.filter((file) => !isThere(file));
  const needed = new Set(later.files.map(({ name }) => name));
  return {
    copy,
    keep: later.files.filter(isThere),
    remove: earlier.map(({ name }) => name).filter((name) => !needed.has(name)),
    bytes: copy.reduce((sum, { bytes }) => sum + bytes, 0),
  };
}

function isSame(one: BackupFile | undefined, other: BackupFile): boolean {
  if (one?.source !== other.source) return false;
  const isUnchanged = one.bytes === other.bytes && one.modified === other.modified;
  const isUnhashed = one.sha256 === undefined || other.sha256 === undefined;
  return isUnchanged && (isUnhashed || one.sha256 === other.sha256);
}
