import { lstat, mkdir, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

import { DescriptorError, diagnostic } from '@ploop/descriptor';

import { withNewFile } from '../output/new-file.ts';

/** A directory that holds backups: each image once, under its SHA-256, and a set for each backup. */
export interface Repository {
  readonly directory: string;
  /** The images. None is ever changed. */
  readonly images: string;
  /** A `BackupSet` for each backup, as NAME.json. */
  readonly sets: string;
  /** The images of a backup that was interrupted. */
  readonly unfinished: string;
}

const MARKER = 'ploop-backups.json';
const FORMAT = { format: 'ploop-backups', version: 1 };
/** A marker is a line. */
const MOST_BYTES = 4096;

/**
 * Opens a repository.
 *
 * @throws DescriptorError with code `BACKUP_INVALID` if the directory is something else, or does not exist.
 */
export async function openRepository(directory: string): Promise<Repository> {
  const marker = join(directory, MARKER);
  const found = await markerOf(marker);
  if (found === undefined) throw invalid(directory, `${MARKER} is missing`);
  if (found.format !== FORMAT.format) throw invalid(directory, `${MARKER} is of something else`);
  if (found.version !== FORMAT.version)
    throw invalid(directory, 'it is of a version that is not known');
  return placesIn(directory);
}

/**
 * Opens a repository, or makes one of a directory that is empty or does not exist.
 *
 * @throws DescriptorError with code `BACKUP_INVALID` if the directory has other files.
 */
export async function openOrMakeRepository(directory: string): Promise<Repository> {
  await mkdir(directory, { recursive: true });
  if ((await readdir(directory)).length > 0) return openRepository(directory);
  const { images, sets } = placesIn(directory);
  await mkdir(images);
  await mkdir(sets);
  await withNewFile(join(directory, MARKER), false, async (handle) => {
    await handle.writeFile(`${JSON.stringify(FORMAT)}\n`);
    await handle.sync();
  });
  return placesIn(directory);
}

function placesIn(directory: string): Repository {
  return {
    directory,
    images: join(directory, 'images'),
    sets: join(directory, 'sets'),
    unfinished: join(directory, 'unfinished.json'),
  };
}

async function markerOf(path: string): Promise<Partial<typeof FORMAT> | undefined> {
  try {
    const status = await lstat(path);
    if (!status.isFile() || status.size > MOST_BYTES) return {};
    const value: unknown = JSON.parse(await readFile(path, 'utf8'));
    return typeof value === 'object' && value !== null ? value : {};
  } catch (error) {
    if (error instanceof SyntaxError) return {};
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
}

function invalid(directory: string, what: string): DescriptorError {
  const reason = `${JSON.stringify(directory)} is not a repository of backups: ${what}`;
  return new DescriptorError([diagnostic('BACKUP_INVALID', { reason })]);
}
