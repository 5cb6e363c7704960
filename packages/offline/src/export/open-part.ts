import { constants } from 'node:fs';
import { open, unlink, type FileHandle } from 'node:fs/promises';

import { DescriptorError, diagnostic, type Diagnostic } from '@ploop/descriptor';
import { failureOf, reasonOf } from '@ploop/descriptor/node/internal';

import {
  NOTHING_DONE,
  readRecord,
  recordPath,
  stampOf,
  writeRecord,
  type Progress,
} from './export-record.ts';
import type { ExportOrigin } from './export-state.ts';
import { openOwn, type OwnFile } from './own-file.ts';
import {
  readUnreadable,
  refuseOtherList,
  removeUnreadable,
  unreadablePath,
  type Unreadable,
} from './unreadable-file.ts';

/** The unfinished file of an export and its record, both open. */
export interface Part {
  readonly handle: FileHandle;
  readonly record: FileHandle;
  readonly inode: string;
  /** Byte of the disk to go on at. */
  readonly start: number;
  /** What the earlier export could not read, if lost ranges became zeros. */
  readonly unreadable?: Unreadable;
  /** Why an unfinished file was not taken up: `EXPORT_RESTARTED`. */
  readonly diagnostics: readonly Diagnostic[];
}

/** How an unfinished file is opened. */
export interface PartOptions {
  readonly sync: boolean;
  /** Whether lost ranges may be zeros in it. */
  readonly salvage: boolean;
  /** Whether nothing before `end` is lost, as far as the block tables say. */
  readonly losesNothing: (end: number) => Promise<boolean>;
  /** The first byte before `end` that differs from the disk. */
  readonly firstDifference: (handle: FileHandle, end: number) => Promise<number | undefined>;
}

const NEW = constants.O_RDWR | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW;
const MODE = 0o600;
/** Those of the machine: what is under the name is not to blame. */
const FAILURES: ReadonlySet<unknown> = new Set(['EIO', 'EMFILE', 'ENFILE', 'ENOMEM', 'EROFS']);

/**
 * Opens the unfinished file of an earlier export if this one can go on with it, else makes a new one in its place.
 *
 * @throws DescriptorError `EXPORT_PART_FOREIGN` if something is under either name that is not of an export of this user.
 * It is left alone.
 */
export async function openPart(
  part: string,
  origin: ExportOrigin,
  { sync, salvage, losesNothing, firstDifference }: PartOptions,
): Promise<Part> {
  const old = await openLeft(part);
  const record = await openLeft(recordPath(part)).catch(closing(old));
  let isTaken = false;
  let diagnostics: readonly Diagnostic[] = [];
  try {
    const { done: start, stamp, unreadable } = await progressOf(part, old, record, origin);
    if (start > 0 && old !== undefined && record !== undefined) {
      if (!salvage && (unreadable === 'some' || (unreadable && !(await losesNothing(start)))))
        throw new Error(`${part} has zeros for what is lost: go on with salvage, or remove it`);
      const known = unreadable === 'some' ? await readUnreadable(part) : undefined;
      const isUnchanged = stampOf(old.stats) === stamp;
      const position = isUnchanged ? undefined : await firstDifference(old.handle, start);
      if (position === undefined) {
        if (!isUnchanged) await clearBehind(old.handle, start, origin);
        isTaken = true;
        const inode = String(old.stats.ino);
        const taken = { handle: old.handle, record: record.handle, inode, start, diagnostics };
        return known === undefined ? taken : { ...taken, unreadable: known };
      }
      diagnostics = [diagnostic('EXPORT_RESTARTED', { file: part, position })];
    }
    await removeOld(old, record, origin);
    // A list that somebody else planted there is of no effect.
    await removeUnreadable(part).catch(() => undefined);
    if (salvage) await refuseOtherList(part).catch(asForeign(unreadablePath(part)));
  } finally {
    if (!isTaken) await Promise.all([old?.handle.close(), record?.handle.close()]);
  }
  return { ...(await makePart(part, origin, sync)), diagnostics };
}

/** What is not written again, as the disk has a hole there, must be a hole. */
async function clearBehind(handle: FileHandle, start: number, origin: ExportOrigin): Promise<void> {
  await handle.truncate(start);
  await handle.truncate(origin.size);
}

/** What an earlier export of this user has left under a name. */
async function openLeft(path: string): Promise<OwnFile | undefined> {
  return openOwn(path).catch(asForeign(path));
}

function asForeign(path: string): (error: unknown) => never {
  return (error) => {
    throw FAILURES.has(failureOf(error)) ? error : foreign(path, reasonOf(error), error);
  };
}

function foreign(file: string, reason: string, cause?: unknown): DescriptorError {
  return new DescriptorError([diagnostic('EXPORT_PART_FOREIGN', { file, reason })], { cause });
}

async function progressOf(
  part: string,
  old: OwnFile | undefined,
  record: OwnFile | undefined,
  origin: ExportOrigin,
): Promise<Omit<Progress, 'inode'>> {
  const found = record && (await readRecord(record.handle, origin));
  // An empty record may be of another program: nothing that stores data goes with it.
  const isLossless = old === undefined || old.stats.blocks === 0n;
  if (found === 'empty' && !isLossless)
    throw foreign(part, `its record (${recordPath(part)}) is empty`);
  const progress = found === 'empty' ? NOTHING_DONE : found;
  if (record !== undefined && progress === undefined)
    throw foreign(recordPath(part), 'it is not the record of an export');
  if (old !== undefined && progress === undefined)
    throw foreign(part, `it has no record (${recordPath(part)}) of an unfinished export`);
  const { size, ino } = old?.stats ?? {};
  const isSame = size === BigInt(origin.size) && String(ino) === progress?.inode;
  return isSame ? progress : NOTHING_DONE;
}

/** A program that still writes to the old file must not write to the new one, so both are made anew. */
async function removeOld(
  old: OwnFile | undefined,
  record: OwnFile | undefined,
  origin: ExportOrigin,
): Promise<void> {
  // A power cut must not bring back what it says: the new file can get the inode of the old one.
  if (record !== undefined) await writeRecord(record.handle, origin, NOTHING_DONE, true);
  // The record goes last: a file without one is taken for somebody else's.
  for (const file of [old, record]) if (file !== undefined) await unlink(file.path);
}

async function makePart(
  part: string,
  origin: ExportOrigin,
  sync: boolean,
): Promise<Omit<Part, 'diagnostics'>> {
  const record = await make(recordPath(part), (made) =>
    writeRecord(made, origin, NOTHING_DONE, sync),
  );
  try {
    const handle = await make(part, (made) => made.truncate(origin.size));
    const { ino } = await handle.stat({ bigint: true });
    return { handle, record, inode: String(ino), start: 0 };
  } catch (error) {
    await record.close();
    await unlink(recordPath(part));
    throw error;
  }
}

/** A new file, which is removed again if what is to be in it cannot be written. */
async function make(
  path: string,
  fill: (handle: FileHandle) => Promise<void>,
): Promise<FileHandle> {
  const handle = await open(path, NEW, MODE);
  try {
    await fill(handle);
    return handle;
  } catch (error) {
    await handle.close();
    await unlink(path);
    throw error;
  }
}

function closing(file: OwnFile | undefined): (error: unknown) => Promise<never> {
  return async (error) => {
    await file?.handle.close();
    throw error;
  };
}
