import { lstat, mkdir, readdir, rename, rm } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';

import { diagnostic, DescriptorError } from '@ploop/descriptor';
import { failureOf, isGone, syncDirectory } from '@ploop/descriptor/node/internal';

/** A directory that is there in whole or not at all. */
export interface TreeDirectory {
  /** Where its files are made. */
  readonly part: string;
  /** Gives it its name. */
  readonly finish: () => Promise<void>;
  /** Removes what was made. */
  readonly abandon: () => Promise<void>;
}

const EXISTS = 'it exists; choose another name';
/** What an export of a tree writes, finished or not. */
const OWN =
  /^(?:[0-9a-f-]{36}|inside-\d+)\.qcow2(?:\.part|\.part\.json|\.lost\.json|\.part\.unreadable\.json)?$|^\d+-[0-9a-f-]{36}\.xml$/i;

/**
 * Makes a directory beside its place, as `DIRECTORY.part`. Files that a killed export has left there are removed.
 *
 * @throws Error if `directory` exists; DescriptorError `EXPORT_PART_FOREIGN` if something else is under the other name.
 */
export async function treeDirectory(directory: string, sync: boolean): Promise<TreeDirectory> {
  const place = resolve(directory);
  const part = `${place}.part`;
  await refuseExisting(place);
  await removeLeft(part);
  await mkdir(part, 0o700);
  return {
    part,
    finish: async () => {
      if (sync) await syncDirectory(part);
      await refuseExisting(place);
      await rename(part, place);
      if (sync) await syncDirectory(dirname(place));
    },
    abandon: () => rm(part, { recursive: true, force: true }),
  };
}

async function refuseExisting(place: string): Promise<void> {
  try {
    await lstat(place);
  } catch (error) {
    if (isGone(error)) return;
    throw error;
  }
  throw new Error(EXISTS);
}

async function removeLeft(part: string): Promise<void> {
  let names: readonly string[];
  try {
    const stats = await lstat(part);
    const uid = process.geteuid?.();
    if (!stats.isDirectory()) throw foreign(part, 'it is not a directory');
    if (uid !== undefined && stats.uid !== uid)
      throw foreign(part, `it belongs to user ${String(stats.uid)}`);
    names = await readdir(part);
  } catch (error) {
    if (isGone(error) || failureOf(error) === 'ENOTDIR') return;
    throw error;
  }
  const other = names.find((name) => !OWN.test(name));
  if (other !== undefined) throw foreign(part, `it holds ${JSON.stringify(other)}`);
  await rm(part, { recursive: true });
}

function foreign(file: string, reason: string): DescriptorError {
  return new DescriptorError([diagnostic('EXPORT_PART_FOREIGN', { file, reason })]);
}
