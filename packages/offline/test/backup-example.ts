import { constants, copyFile, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import {
  backupSet,
  incremental,
  parseBackupSet,
  restoreBackup,
  type BackupSet,
} from '../src/index.ts';

/** Makes a directory a backup of a snapshot, or brings an earlier backup in it up to date; gives the bytes copied. */
export async function backUp(disk: string, guid: string, directory: string): Promise<number> {
  const set = await backupSet(disk, guid, { hash: true });
  const record = join(directory, 'backup.json');
  const { copy, remove, bytes } = incremental(await readRecord(record), set);
  for (const { source, name } of copy) {
    const part = join(directory, `${name}.part`);
    await copyFile(source, part, constants.COPYFILE_FICLONE);
    await rename(part, join(directory, name));
  }
  // Compares every file with its SHA-256, then writes the descriptor: from here on the directory is a disk.
  await restoreBackup(directory, set, { overwrite: true });
  await writeFile(`${record}.part`, JSON.stringify(set));
  await rename(`${record}.part`, record);
  for (const name of remove) await rm(join(directory, name));
  return bytes;
}

async function readRecord(record: string): Promise<BackupSet | undefined> {
  try {
    return parseBackupSet(await readFile(record, 'utf8'));
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
}
