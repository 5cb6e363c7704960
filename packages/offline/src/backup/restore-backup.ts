import { randomBytes } from 'node:crypto';
import { open, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';

import { DescriptorError, diagnostic } from '@ploop/descriptor';
import { requireCall } from '@ploop/descriptor/arguments';
import { storagesOf } from '@ploop/descriptor/internal';
import { DESCRIPTOR_NAME, loadDescriptor } from '@ploop/descriptor/node';
import { placeNew, syncPlace, SAVE_PREFIX } from '@ploop/descriptor/node/internal';

import { OFFLINE } from '../arguments.ts';
import { unwritable } from '../export/sink.ts';
import type { BackupSet } from './backup-set.ts';
import { verdictOn, type VerifyBackupOptions } from './verify-backup.ts';

/** How to put a backup together. */
export interface RestoreOptions extends VerifyBackupOptions {
  /** Replace a descriptor that is there, such as that of an earlier backup. Default: false. */
  readonly overwrite?: boolean;
  /** Put a disk together that had lost content when it was backed up, too. Default: false. */
  readonly damaged?: boolean;
}

/**
 * Makes a disk of the copied files of a backup: verifies them, and writes the descriptor. Until that is in its place,
 * nothing has changed.
 *
 * The content of a file is compared only if the set has its SHA-256, which `backupSet` computes with `hash: true`. Without
 * it, names, sizes, headers and block tables count: a file of the right size with other data in it is not noticed.
 *
 * @throws DescriptorError with what {@link verifyBackup} finds, or `FILE_UNWRITABLE`. `FILE_NOT_SYNCED`: the descriptor
 * is in its place, but a power cut may undo that. `overwrite` never replaces the descriptor of the disk that was backed up
 * if it names more images than the backup has.
 */
export async function restoreBackup(
  directory: string,
  set: BackupSet,
  given: RestoreOptions = {},
): Promise<void> {
  requireCall(OFFLINE.restoreBackup, [directory, set, given]);
  const { overwrite = false, damaged = false, ...options } = given;
  const { faults, losses, directory: real } = await verdictOn(directory, set, options);
  const [first, ...rest] = damaged ? faults : [...faults, ...losses];
  if (first !== undefined) throw new DescriptorError([first, ...rest]);
  const path = join(real, DESCRIPTOR_NAME);
  if (overwrite) await refuseSource(path, set);
  options.signal?.throwIfAborted();
  await place(path, set.descriptor, overwrite).catch((cause: unknown) => {
    throw unwritable(path, cause);
  });
  await syncPlace(path);
}

/**
 * The descriptor of the disk that was backed up names its other snapshots as well, which would be lost with it.
 *
 * @throws DescriptorError with code `FILE_UNWRITABLE`.
 */
async function refuseSource(path: string, { files }: BackupSet): Promise<void> {
  const names = new Set(files.map(({ name }) => name));
  const isSource = files.some(({ source, name }) => source === join(dirname(path), name));
  if (!isSource) return;
  const { descriptor } = await loadDescriptor(path).catch(() => ({ descriptor: undefined }));
  const others =
    descriptor === undefined
      ? []
      : storagesOf(descriptor).flatMap(({ images }) =>
          images.filter(({ file }) => !names.has(file)),
        );
  if (others.length === 0) return;
  const reason = `it describes the disk that was backed up, and ${String(others.length)} images that are not in the backup`;
  throw new DescriptorError([diagnostic('FILE_UNWRITABLE', { file: path, reason })]);
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
