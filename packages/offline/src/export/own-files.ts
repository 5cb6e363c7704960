import type { BigIntStats } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';

import { resolveFile } from '@ploop/descriptor';
import { runAsync, everyImage } from '@ploop/descriptor/internal';
import { DESCRIPTOR_NAME } from '@ploop/descriptor/node';
import { inodeKey, isGone, realPath, status } from '@ploop/descriptor/node/internal';

import type { Snapshot } from '../snapshot/open-snapshot.ts';
import { filesOfDevice } from './device-files.ts';

/** Whatever is asked for, the disk that is read is not written to: by its files, or by a device that shows one. */
export async function refuseOwnFiles(snapshot: Snapshot, target: BigIntStats): Promise<void> {
  const files = await statesOf(filesOf(snapshot));
  const own = new Set(files.map(({ stats }) => inodeKey(stats)));
  if (own.has(inodeKey(target))) throw new Error('it is a file of the disk that is read');
  if (!target.isBlockDevice()) return;
  for (const { path, canHave } of await filesOfDevice(target.rdev)) {
    const [found] = path.endsWith(DELETED) ? [] : await statesOf([path]);
    const isOther = found?.stats.isFile() === true && !canHave(found.stats.size);
    // The file may be the disk's under another name, or below a mount.
    if (found === undefined || isOther)
      throw new Error(
        `it shows ${JSON.stringify(path)}, which cannot be found and may be a file of the disk`,
      );
    if (own.has(inodeKey(found.stats))) throw new Error('it shows a file of the disk that is read');
    if (files.some(({ name, stats }) => name === basename(path) && canHave(stats.size)))
      throw new Error(
        `it shows ${JSON.stringify(path)}, which has the name and the size of a file of the disk: a mount may hide that`,
      );
  }
}

/** What Linux appends to a path that its open file does not have any more. */
const DELETED = ' (deleted)';

/** What an export writes, besides the target itself. */
const BESIDE_TARGET = [
  ...['', '.part', '.part.json'],
  ...['.part.unreadable.json', '.lost.json'],
] as const;
/** What the tool appends to the name of a descriptor, and to that of an image. */
const AFTER_DESCRIPTOR = ['', '.lck', '.tmp', '.tmp.tmp', '.vol.tmp'] as const;
const AFTER_IMAGE = ['', '.mnt', '.tmp', '.idx'] as const;

/** Refuses a file whose name the disk or the tool uses, be there such a file or not: that of a missing delta for one. */
export async function refuseOwnNames(snapshot: Snapshot, target: string): Promise<void> {
  const keys = new Map<string, string>();
  // A directory has several paths: by symlinks, and by mounts.
  const placeOf = async (file: string): Promise<string> => {
    const directory = dirname(resolve(file));
    const key = keys.get(directory) ?? (await keysOf([directory]))[0] ?? directory;
    keys.set(directory, key);
    return join(key, basename(file));
  };
  const own = new Set<string>();
  for (const file of namesOf(snapshot)) own.add(await placeOf(file));
  for (const suffix of BESIDE_TARGET)
    if (own.has(await placeOf(`${target}${suffix}`)))
      throw new Error(`${target}${suffix} is a name that the disk uses`);
}

function namesOf(snapshot: Snapshot): readonly string[] {
  const { path, volumes } = snapshot;
  return [
    ...filesOf(snapshot),
    ...[path, ...volumes].flatMap((file) =>
      ['.statfs', DESCRIPTOR_NAME].map((name) => join(dirname(file), name)),
    ),
    ...imagesOf(snapshot).flatMap((file) => AFTER_IMAGE.map((end) => `${file}${end}`)),
  ];
}

/** Of the disk, of its parent volumes and of what it is on. */
function filesOf(snapshot: Snapshot): readonly string[] {
  const { path, volumes } = snapshot;
  const beside = [path, ...volumes].flatMap((file) =>
    AFTER_DESCRIPTOR.map((end) => `${file}${end}`),
  );
  return [...beside, ...imagesOf(snapshot)];
}

function imagesOf({ descriptor, directory, images }: Snapshot): readonly string[] {
  const named = [...everyImage(descriptor)].map(({ image }) => resolveFile(directory, image.file));
  return [...named, ...images.map((image) => image.path)];
}

async function keysOf(files: readonly string[]): Promise<readonly string[]> {
  return (await statesOf(files)).map(({ stats }) => inodeKey(stats));
}

interface FileState {
  /** Its own, not that of a symlink to it. */
  readonly name: string;
  readonly stats: BigIntStats;
}

/** Those of the files that exist. */
async function statesOf(files: readonly string[]): Promise<readonly FileState[]> {
  const states: FileState[] = [];
  for (const file of files)
    try {
      const stats = await runAsync(status(file));
      states.push({ name: basename(await runAsync(realPath(file))), stats });
    } catch (error) {
      if (!isGone(error)) throw error;
    }
  return states;
}
