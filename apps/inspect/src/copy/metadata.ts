import { constants } from 'node:fs';
import { lchown, lutimes, open, type FileHandle } from 'node:fs/promises';

import type { FileStat, Timestamp } from '@ploop/contents';

import type { LocalPath } from './destination.ts';

/** Counts what is left out, by its kind. */
export type LeaveOut = (kind: string) => void;

const PERMISSIONS = 0o777;
const isRoot = process.getuid?.() === 0;

/** Sets owner, mode and times of a file that is open. */
export async function setMetadata(
  file: FileHandle,
  { mode, uid, gid, accessed, modified }: FileStat,
  leaveOut: LeaveOut,
): Promise<void> {
  const isOwned = await attempt(leaveOut, 'owners', isOwn(uid, gid), () => file.chown(uid, gid));
  // A copied set-user-ID program would run with the rights of the user who copied it.
  const kept = isOwned ? mode : mode & PERMISSIONS;
  await attempt(leaveOut, 'modes', false, () => file.chmod(kept));
  await attempt(leaveOut, 'times', false, () => file.utimes(timeOf(accessed), timeOf(modified)));
}

/** The same for a directory, whose path must not be a symlink. */
export async function setDirectory(
  path: LocalPath,
  stat: FileStat,
  leaveOut: LeaveOut,
): Promise<void> {
  if (process.platform === 'win32') return;
  const { O_RDONLY, O_DIRECTORY, O_NOFOLLOW } = constants;
  const file = await open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW);
  try {
    await setMetadata(file, stat, leaveOut);
  } finally {
    await file.close();
  }
}

/** Sets owner and times of a symlink itself. */
export async function setSymlink(
  path: LocalPath,
  { uid, gid, accessed, modified }: FileStat,
  leaveOut: LeaveOut,
): Promise<void> {
  await attempt(leaveOut, 'owners', isOwn(uid, gid), () => lchown(path, uid, gid));
  await attempt(leaveOut, 'times', false, () => lutimes(path, timeOf(accessed), timeOf(modified)));
}

/** Whether who copies owns the copy as the original is owned. */
function isOwn(uid: number, gid: number): boolean {
  return process.getuid?.() === uid && process.getgid?.() === gid;
}

async function attempt(
  leaveOut: LeaveOut,
  kind: string,
  isDone: boolean,
  set: () => Promise<void>,
): Promise<boolean> {
  if (isDone) return true;
  if (kind === 'owners' && !isRoot) {
    leaveOut(kind);
    return false;
  }
  try {
    await set();
    return true;
  } catch {
    leaveOut(kind);
    return false;
  }
}

function timeOf({ seconds, nanoseconds }: Timestamp): number {
  return seconds + nanoseconds / 1e9;
}
