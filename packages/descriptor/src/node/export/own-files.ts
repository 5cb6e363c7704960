import type { BigIntStats } from 'node:fs';

import { resolveFile } from '../../resolve-file.ts';
import { runAsync } from '../../steps.ts';
import { everyImage } from '../../storages.ts';
import { inodeKey } from '../inode-key.ts';
import { isGone } from '../failure.ts';
import { status } from '../files.ts';
import type { Snapshot } from '../open-snapshot.ts';
import { filesOfDevice } from './device-files.ts';

/** Whatever is asked for, the disk that is read is not written to: by its files, or by a device that shows one. */
export async function refuseOwnFiles(snapshot: Snapshot, target: BigIntStats): Promise<void> {
  const own = new Set(await keysOf(filesOf(snapshot)));
  if (own.has(inodeKey(target))) throw new Error('it is a file of the disk that is exported');
  if (!target.isBlockDevice()) return;
  const shown = await keysOf(await filesOfDevice(target.rdev));
  if (shown.some((key) => own.has(key)))
    throw new Error('it shows a file of the disk that is exported');
}

/** Of the disk and of what it is on. */
function filesOf({ descriptor, directory, path, images }: Snapshot): readonly string[] {
  const named = [...everyImage(descriptor)].map(({ image }) => resolveFile(directory, image.file));
  return [path, ...named, ...images.map((image) => image.path)];
}

async function keysOf(files: readonly string[]): Promise<readonly string[]> {
  const keys: string[] = [];
  for (const file of files)
    try {
      keys.push(inodeKey(await runAsync(status(file))));
    } catch (error) {
      if (!isGone(error)) throw error;
    }
  return keys;
}
