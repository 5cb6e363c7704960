import { lstat, mkdtemp, realpath, rm, stat, writeFile } from 'node:fs/promises';
import { basename, dirname, join, sep } from 'node:path';

import { bytesOfName, escapedName } from '@ploop/contents';

import { unwritable } from '../output/new-file.ts';

/** A path for the calls of Node: bytes, except on Windows, whose names are texts. */
export type LocalPath = string | Buffer;

/** Where a source goes. */
export interface Destination {
  /** A directory that exists; nothing is written outside. */
  readonly root: string;
  /** Path below `root` that the source itself gets; empty for `root` itself. */
  readonly name: string;
}

const isWindows = process.platform === 'win32';
/** Names that mean something else to Windows, or that it cannot hold. */
const NOT_ON_WINDOWS =
  /[<>:"|?*\\\p{Cc}]|[. ]$|^(?:con|prn|aux|nul|com\d|lpt\d)(?:\.|$)|[\udc80-\udcff]/iu;
const NOT_UTF8 = /[\udc80-\udcff]/;

/**
 * Where each source goes, as `cp` decides it.
 *
 * @throws DescriptorError `FILE_UNWRITABLE`.
 */
export async function destinationsOf(
  sources: readonly string[],
  given: string,
  disk: string,
): Promise<readonly Destination[]> {
  const isDirectory = await leadsToDirectory(given);
  if (!isDirectory && sources.length > 1)
    throw unwritable(given, new Error('several sources need a directory that exists'));
  const root = await real(isDirectory ? given : dirname(given));
  const own = await real(dirname(disk));
  if (root === own || root.startsWith(own + sep))
    throw unwritable(given, new Error('it is in the directory of the disk'));
  return sources.map((source) => ({
    root,
    name: isDirectory ? (partsOf(source).at(-1) ?? '') : basename(given),
  }));
}

async function real(directory: string): Promise<string> {
  try {
    return await realpath(directory);
  } catch (error) {
    throw unwritable(directory, error);
  }
}

async function leadsToDirectory(path: string): Promise<boolean> {
  try {
    return (await stat(path)).isDirectory();
  } catch {
    return false;
  }
}

/** The names of a path of the disk. None of them leads up. */
export function partsOf(path: string): readonly string[] {
  return path.split('/').filter((part) => part !== '' && part !== '.' && part !== '..');
}

/**
 * The path of something below a root.
 *
 * @throws DescriptorError `FILE_UNWRITABLE` if the system cannot hold the name.
 */
export function localPath(root: string, parts: readonly string[]): LocalPath {
  const bad = parts.find((part) =>
    isWindows ? NOT_ON_WINDOWS.test(part) : process.platform === 'darwin' && NOT_UTF8.test(part),
  );
  if (bad !== undefined)
    throw unwritable(escapedName(bad), new Error('this system cannot hold the name'));
  if (isWindows) return join(root, ...parts);
  return Buffer.concat([Buffer.from(root), ...parts.map((part) => bytesOfName(`/${part}`))]);
}

/** Makes names equal that a file system takes for one. */
export type Folding = (name: string) => string;

/** More alike than most file systems take names: one that ignores case may ignore more than a probe shows. */
export function foldedName(name: string): string {
  return name.normalize('NFKC').toUpperCase().toLowerCase().normalize('NFKC');
}

/** Finds out which names a directory takes for one. */
export async function foldingOf(root: string): Promise<Folding> {
  const probe = await mkdtemp(join(root, '.ploop-probe-'));
  try {
    await writeFile(join(probe, 'a\u00e9'), '');
    const isThere = async (name: string): Promise<boolean> =>
      lstat(join(probe, name)).then(
        () => true,
        () => false,
      );
    const [ignoresCase, ignoresForm] = [await isThere('A\u00e9'), await isThere('ae\u0301')];
    if (!ignoresCase && !ignoresForm) return (name) => name;
    return foldedName;
  } catch (error) {
    throw unwritable(root, error);
  } finally {
    await rm(probe, { recursive: true, force: true });
  }
}
