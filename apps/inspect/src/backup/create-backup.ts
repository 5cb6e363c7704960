import { join } from 'node:path';

import { backupSet, type BackupSet } from '@ploop/offline';

import { withNewFile } from '../output/new-file.ts';
import { writing } from './failures.ts';
import { openOrMakeRepository } from './repository.ts';
import { readSets, type StoredFile, type StoredSet } from './sets.ts';
import { storeImage } from './store-image.ts';
import { storedImages } from './stored-images.ts';
import { syncDirectory } from './sync-directory.ts';

/** How to back up a snapshot. */
export interface CreateOptions {
  readonly confine?: string | false | undefined;
  readonly signal?: AbortSignal | undefined;
  /** The time that the backup is named after. */
  readonly now: Date;
  readonly onProgress?: (done: number, total: number) => void;
}

/** A backup that was made. */
export interface CreatedBackup {
  readonly set: StoredSet;
  /** Bytes of the images that were copied; the others were in the repository. */
  readonly copied: number;
}

/** Backs up a snapshot: copies the images that the repository lacks, then writes the set. */
export async function createBackup(
  path: string,
  guid: string,
  directory: string,
  { confine, signal, now, onProgress }: CreateOptions,
): Promise<CreatedBackup> {
  const set = await backupSet(path, guid, { confine });
  return writing(directory, async () => {
    const repository = await openOrMakeRepository(directory);
    const { sets } = await readSets(repository);
    const images = await storedImages(repository, sets);
    const files: StoredFile[] = [];
    const missing = [];
    for (const file of set.files) {
      const sha256 = await images.find(file);
      if (sha256 === undefined) missing.push(file);
      else files.push({ ...file, sha256 });
    }
    const total = missing.reduce((sum, { bytes }) => sum + bytes, 0);
    let done = 0;
    for (const file of missing) {
      const sha256 = await storeImage(file, repository.images, {
        signal,
        onBytes: (bytes) => onProgress?.((done += bytes), total),
      });
      files.push({ ...file, sha256 });
      await images.add({ ...file, sha256 });
    }
    await syncDirectory(repository.images);
    const stored = { ...set, files: inOrder(set, files) };
    const name = await writeSet(repository.sets, stored, now);
    await images.finish();
    return { set: { ...stored, name }, copied: total };
  });
}

function inOrder({ files }: BackupSet, stored: readonly StoredFile[]): readonly StoredFile[] {
  const byName = new Map(stored.map((file) => [file.name, file]));
  return files.flatMap(({ name }) => byName.get(name) ?? []);
}

/** Two backups of one snapshot in one second are refused: the second has nothing new. */
async function writeSet(directory: string, set: BackupSet, now: Date): Promise<string> {
  const time = now.toISOString().replace(/[-:]|\.\d+/g, '');
  const name = `${time}-${set.guid.slice(1, 9).toLowerCase()}`;
  await withNewFile(join(directory, `${name}.json`), false, async (handle) => {
    await handle.writeFile(`${JSON.stringify(set, undefined, 2)}\n`);
    await handle.sync();
  });
  await syncDirectory(directory);
  return name;
}
