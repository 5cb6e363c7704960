import { randomBytes } from 'node:crypto';
import { lstat, mkdir, rename, rm } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';

import { DescriptorError, diagnostic } from '@ploop/descriptor';
import { restoreBackup, type BackupSet } from '@ploop/offline';

import { unwritable } from '../output/new-file.ts';
import { writing } from './failures.ts';
import { openStored, OTHER_HASH } from './open-stored.ts';
import type { Repository } from './repository.ts';
import type { StoredSet } from './sets.ts';
import { copied } from './store-image.ts';
import { syncDirectory } from './sync-directory.ts';
import { readingEach, type Watch } from './watch.ts';

/**
 * Makes a disk of a backup in a directory that does not exist: it gets its name when it is whole.
 *
 * @throws DescriptorError with code `FILE_UNWRITABLE` if the directory exists, or with what is wrong with the images.
 */
export async function restoreStored(
  { images }: Repository,
  set: StoredSet,
  directory: string,
  watch: Watch,
): Promise<void> {
  const place = resolve(directory);
  const made = join(dirname(place), `.ploop-${randomBytes(8).toString('hex')}.part`);
  const each = readingEach(set.files, watch);
  await writing(place, async () => {
    await requireFree(place);
    await mkdir(made);
    try {
      for (const file of set.files) {
        const path = join(images, file.sha256);
        const source = await openStored(path, file);
        const found = await copied(source, join(made, file.name), each).finally(() =>
          source.close(),
        );
        if (found !== file.sha256)
          throw new DescriptorError([
            diagnostic('BACKUP_DIFFERS', { file: path, reason: OTHER_HASH }),
          ]);
      }
      await restoreBackup(made, unhashed(set), watch.signal && { signal: watch.signal });
      await requireFree(place);
      await rename(made, place);
      await syncDirectory(dirname(place));
    } catch (error) {
      await rm(made, { recursive: true, force: true });
      throw error;
    }
  });
}

async function requireFree(place: string): Promise<void> {
  const status = await lstat(place).catch(() => undefined);
  if (status !== undefined) throw unwritable(place, new Error('it exists'));
}

/** The copies have been hashed, and need not be read again. */
function unhashed({ format, version, guid, size, descriptor, files }: StoredSet): BackupSet {
  return {
    ...{ format, version, guid, size, descriptor },
    files: files.map(({ guid, source, name, bytes, modified }) => ({
      ...{ guid, source, name, bytes, modified },
    })),
  };
}
