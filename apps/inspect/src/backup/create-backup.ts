import { join } from 'node:path';

import { backupSet, type BackupSet } from '@ploop/offline';

import { withNewFile } from '../output/new-file.ts';
import { writing } from './failures.ts';
import { openOrMakeRepository } from './repository.ts';
import { readSets, type StoredFile, type StoredSet } from './sets.ts';
import { storeImage } from './store-image.ts';
import { storedImages } from './stored-images.ts';
import { syncDirectory } from './sync-directory.ts';
import { readingEach, type Watch } from './watch.ts';

/** How to back up a snapshot. */
export interface CreateOptions extends Watch {
  readonly confine?: string | false | undefined;
  /** The time that the backup is named after. */
  readonly now: Date;
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
  { confine, now, ...watch }: CreateOptions,
): Promise<CreatedBackup> {
  const set = await backupSet(path, guid, { confine });
  return writing(directory, async () => {
    const repository = await openOrMakeRepository(directory);
    const { sets } = await readSets(repository);
    const images = await storedImages(repository, sets);
    const found = new Map<string, string>();
    for (const file of set.files) {
      const sha256 = await images.find(file);
      if (sha256 !== undefined) found.set(file.name, sha256);
    }
    const each = readingEach(
      set.files.filter(({ name }) => !found.has(name)),
      watch,
    );
    const files: StoredFile[] = [];
    for (const file of set.files) {
      const known = found.get(file.name);
      const stored = {
        ...file,
        sha256: known ?? (await storeImage(file, repository.images, each)),
      };
      if (known === undefined) await images.add(stored);
      files.push(stored);
    }
    await syncDirectory(repository.images);
    const stored = { ...set, files };
    const name = await writeSet(repository.sets, stored, now);
    await images.finish();
    return { set: { ...stored, name }, copied: each.total };
  });
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
