import { randomBytes } from 'node:crypto';
import { open, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';

import {
  diagnostic,
  type Diagnostic,
  DescriptorError,
  type DiskDescriptor,
  parseDescriptor,
  sectors,
  toBytes,
} from '@ploop/descriptor';
import { requireCall } from '@ploop/descriptor/arguments';
import {
  append,
  type ImageSource,
  rangeFaults,
  storagesOf,
  runAsync,
  findingsIn,
} from '@ploop/descriptor/internal';
import { type Confinement, type ConfineOptions, DESCRIPTOR_NAME } from '@ploop/descriptor/node';
import {
  confinementOf,
  type NamedFile,
  isGone,
  realPath,
  readable,
  placeNew,
  syncPlace,
  SAVE_PREFIX,
} from '@ploop/descriptor/node/internal';
import { openParts, type SourcePart } from '@ploop/image/internal';

import { OFFLINE } from '../arguments.ts';
import { createImageSet } from '../disk/image-set.ts';
import { openNamedImage } from '../disk/open-image.ts';
import { unwritable } from '../export/sink.ts';
import { hashFile, type BackupFile, type BackupSet } from './backup-set.ts';
import { checkedSet } from './parse-backup-set.ts';

/** How to look at a backup. */
export interface VerifyBackupOptions extends ConfineOptions {
  readonly signal?: AbortSignal;
}

/** How to put a backup together. */
export interface RestoreOptions extends VerifyBackupOptions {
  /** Replace a descriptor that is there, such as that of an earlier backup. Default: false. */
  readonly overwrite?: boolean;
}

/**
 * What is wrong with the files of a backup, in the directory they were copied to; nothing where it is complete. Sizes
 * always count, SHA-256 where the set has it; and the images must make up the disk. A symlink that leads out of the directory
 * is not followed (`DELTA_OUTSIDE`), unless `confine` allows it.
 *
 * @throws DescriptorError `BACKUP_INVALID` for a set that `parseBackupSet` refuses; `OPTION_INVALID`.
 */
export async function verifyBackup(
  directory: string,
  given: BackupSet,
  options: VerifyBackupOptions = {},
): Promise<readonly Diagnostic[]> {
  requireCall(OFFLINE.verifyBackup, [directory, given, options]);
  const { signal, confine } = options;
  // What came as JSON may have been taken for a set as it was.
  const set = checkedSet(given);
  const findings: Diagnostic[] = [];
  const real = await runAsync(readable(directory, realPath(directory)));
  const confinement = await runAsync(confinementOf(real, { confine }));
  for (const file of set.files) {
    signal?.throwIfAborted();
    append(findings, await verifyFile(namedIn(directory, file), file, confinement, signal));
  }
  return findings.length > 0 ? findings : await verifyChain(directory, set, confinement);
}

/**
 * Makes a disk of the copied files of a backup: verifies them, and writes the descriptor. Until that is in its place,
 * nothing has changed.
 *
 * The content of a file is compared only if the set has its SHA-256, which `backupSet` computes with `hash: true`. Without
 * it, names, sizes and headers count: a file of the right size with other data in it is not noticed.
 *
 * @throws DescriptorError with what {@link verifyBackup} finds, or `FILE_UNWRITABLE`. `FILE_NOT_SYNCED`: the descriptor
 * is in its place, but a power cut may undo that.
 */
export async function restoreBackup(
  directory: string,
  set: BackupSet,
  given: RestoreOptions = {},
): Promise<void> {
  requireCall(OFFLINE.restoreBackup, [directory, set, given]);
  const { overwrite = false, ...options } = given;
  const [first, ...rest] = await verifyBackup(directory, set, options);
  if (first !== undefined) throw new DescriptorError([first, ...rest]);
  const path = join(directory, DESCRIPTOR_NAME);
  await place(path, set.descriptor, overwrite).catch((cause: unknown) => {
    throw unwritable(path, cause);
  });
  await syncPlace(path);
}

/** Under a name that no file of a backup has, until it is whole. */
async function place(path: string, text: string, overwrite: boolean): Promise<void> {
  const made = join(dirname(path), `${SAVE_PREFIX}${randomBytes(8).toString('hex')}`);
  const handle = await open(made, 'wx', 0o644);
  try {
    try {
      await handle.writeFile(text);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await (overwrite ? rename(made, path) : placeNew(made, path));
  } catch (error) {
    await rm(made, { force: true });
    throw error;
  }
}

function namedIn(directory: string, { guid, name }: BackupFile): NamedFile {
  return { guid, file: join(directory, name), directory };
}

async function verifyFile(
  named: NamedFile,
  { guid, bytes, sha256 }: BackupFile,
  confinement: Confinement,
  signal: AbortSignal | undefined,
): Promise<readonly Diagnostic[]> {
  const differs = (reason: string): readonly Diagnostic[] => [
    diagnostic('BACKUP_DIFFERS', { file: named.file, reason }),
  ];
  try {
    const source = await openNamedImage(named, confinement);
    try {
      const { bytes: there } = source;
      if (there !== bytes) return differs(`it has ${String(there)} bytes, not ${String(bytes)}`);
      if (sha256 === undefined || (await hashFile(source, signal)) === sha256) return [];
      return differs('its SHA-256 is another one');
    } finally {
      await source.close();
    }
  } catch (error) {
    const findings = findingsIn(error);
    const isMissing = error instanceof DescriptorError && isGone(error.cause);
    return isMissing ? [diagnostic('DELTA_MISSING', { guid, file: named.file })] : findings;
  }
}

async function verifyChain(
  directory: string,
  { files, descriptor, size }: BackupSet,
  confinement: Confinement,
): Promise<readonly Diagnostic[]> {
  const { descriptor: model } = parseDescriptor(descriptor);
  const { open, close } = createImageSet(files.length, confinement);
  const sources = [];
  try {
    for (const file of files) sources.push(await open(namedIn(directory, file), false));
    const chain = await openParts(partsOf(model, sources));
    if (chain.size === size) return [];
    const reason = `the disk has ${String(chain.size)} bytes, not ${String(size)}`;
    return [diagnostic('BACKUP_DIFFERS', { file: directory, reason })];
  } catch (error) {
    return findingsIn(error);
  } finally {
    await close();
  }
}

/** The files are in the order of the descriptor. */
function partsOf(
  model: DiskDescriptor | undefined,
  sources: readonly ImageSource[],
): readonly SourcePart[] {
  if (model?.storages === undefined)
    return [{ start: toBytes(sectors(0)), sources, rawBase: model?.mode === 'raw' }];
  const [fault, ...rest] = rangeFaults(model);
  if (fault !== undefined) throw new DescriptorError([fault, ...rest]);
  let next = 0;
  return storagesOf(model).map(({ start = sectors(0), end, mode, images }) => {
    const first = next;
    next += images.length;
    return {
      start: toBytes(start),
      ...(end !== undefined && { end: toBytes(end) }),
      sources: sources.slice(first, next),
      rawBase: mode === 'raw',
    };
  });
}
