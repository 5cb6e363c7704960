import { lstat, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';

import type { BackupFile } from '@ploop/offline';

import { withNewFile } from '../output/new-file.ts';
import type { Repository } from './repository.ts';
import type { StoredFile, StoredSet } from './sets.ts';

type Record = Pick<StoredFile, 'source' | 'bytes' | 'modified' | 'sha256'>;

/** More than a backup of 100,000 images leaves. */
const MOST_BYTES = 2 ** 26;

/** Which images a repository has, by the file that each is a copy of. */
export interface StoredImages {
  /** The SHA-256 of a file that was copied before and has not changed since, by its path, size and time of change. */
  readonly find: (file: BackupFile) => Promise<string | undefined>;
  /** Notes an image, so that a backup that is interrupted does not copy it again. */
  readonly add: (file: StoredFile) => Promise<void>;
  /** Forgets the notes: a set has the images now. */
  readonly finish: () => Promise<void>;
}

/** The images of the backups of a repository, and of one that was interrupted. */
export async function storedImages(
  { images, unfinished }: Repository,
  sets: readonly StoredSet[],
): Promise<StoredImages> {
  const notes = [...(await readNotes(unfinished))];
  const known = new Map<string, string>();
  for (const file of [...sets.flatMap(({ files }) => files), ...notes])
    known.set(keyOf(file), file.sha256);
  return {
    find: async (file) => {
      const sha256 = known.get(keyOf(file));
      if (sha256 === undefined) return undefined;
      const bytes = await bytesOf(join(images, sha256));
      return bytes === file.bytes ? sha256 : undefined;
    },
    add: async ({ source, bytes, modified, sha256 }) => {
      notes.push({ source, bytes, modified, sha256 });
      await withNewFile(unfinished, true, async (handle) => {
        await handle.writeFile(JSON.stringify(notes));
        await handle.sync();
      });
    },
    finish: () => rm(unfinished, { force: true }),
  };
}

function keyOf({ source, bytes, modified }: Omit<Record, 'sha256'>): string {
  return JSON.stringify([source, bytes, modified]);
}

async function bytesOf(path: string): Promise<number | undefined> {
  const status = await lstat(path).catch(() => undefined);
  return status?.isFile() === true ? status.size : undefined;
}

/** Notes that cannot be used cost another copy, and nothing else. */
async function readNotes(path: string): Promise<readonly Record[]> {
  const bytes = await bytesOf(path);
  if (bytes === undefined || bytes > MOST_BYTES) return [];
  try {
    const value: unknown = JSON.parse(await readFile(path, 'utf8'));
    return Array.isArray(value) ? value.filter(isRecord) : [];
  } catch {
    return [];
  }
}

function isRecord(value: unknown): value is Record {
  if (typeof value !== 'object' || value === null) return false;
  const { source, bytes, modified, sha256 } = value as { [Key in keyof Record]?: unknown };
  return (
    typeof source === 'string' &&
    typeof bytes === 'number' &&
    typeof modified === 'string' &&
    typeof sha256 === 'string' &&
    /^[0-9a-f]{64}$/.test(sha256)
  );
}
