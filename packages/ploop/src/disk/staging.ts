import { mkdtemp, readdir, rm, unlink } from 'node:fs/promises';
import { join } from 'node:path';

import { DESCRIPTOR_NAME } from '@ploop/descriptor/node';
import { failureOf, placeNew, syncPlace } from '@ploop/descriptor/node/internal';
import { RefusedError } from '@ploop/runner';

/**
 * Lets `make` fill a directory of its own and moves what it made into `directory`, never over anything: the tool, left
 * to make a disk in place, removes files of others when two do so at a time. Nothing is left behind where it fails.
 *
 * @throws RefusedError `TARGET_EXISTS`, or `PATH_INVALID` where the directory cannot be written to.
 * @throws DescriptorError `FILE_NOT_SYNCED`: the disk is in its place, but a power cut may undo that.
 */
export async function staged(
  directory: string,
  make: (staging: string) => Promise<void>,
): Promise<void> {
  const staging = await mkdtemp(join(directory, '.ploop-new-')).catch((cause: unknown) => {
    throw new RefusedError('PATH_INVALID', `cannot write to ${directory}: ${String(cause)}`);
  });
  try {
    await make(staging);
    await moveAll(staging, directory);
  } finally {
    await rm(staging, { recursive: true, force: true });
  }
}

/** The tool's lock file: of the directory it is in, and of no use in another. */
const LOCK_NAME = `${DESCRIPTOR_NAME}.lck`;

/** The descriptor comes last: only with it is there a disk. */
async function moveAll(staging: string, directory: string): Promise<void> {
  const names = (await readdir(staging)).filter((name) => name !== LOCK_NAME);
  const moved: string[] = [];
  try {
    for (const name of [...names.filter((one) => one !== DESCRIPTOR_NAME), DESCRIPTOR_NAME]) {
      await moveNew(join(staging, name), join(directory, name));
      moved.push(join(directory, name));
    }
  } catch (error) {
    for (const file of moved) await unlink(file);
    throw error;
  }
  await syncPlace(join(directory, DESCRIPTOR_NAME));
}

async function moveNew(from: string, to: string): Promise<void> {
  try {
    await placeNew(from, to);
  } catch (error) {
    if (failureOf(error) !== 'EEXIST') throw error;
    throw new RefusedError(
      'TARGET_EXISTS',
      `${to} exists`,
      'Choose another directory, one for each disk, or remove what is there.',
    );
  }
}
