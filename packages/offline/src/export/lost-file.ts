import { constants } from 'node:fs';
import { open, readFile, rm } from 'node:fs/promises';
import { dirname } from 'node:path';

import { refuseTooManyOpen } from '@ploop/descriptor/internal';
import { isGone, syncDirectory } from '@ploop/descriptor/node/internal';
import type { LostRange } from '@ploop/image';

import { writeWhole } from './write-whole.ts';

/** The content of the file that lists what an export lost. */
interface LostFile {
  readonly format: 'ploop-lost';
  readonly version: 1;
  /** The snapshot. */
  readonly guid: string;
  /** Bytes of the disk. */
  readonly size: number;
  /** Bytes that are lost. */
  readonly lostBytes: number;
  readonly lost: readonly LostRange[];
}

/** More than a list that is as long as it can be. */
const MOST_BYTES = 64 << 20;

/** Where what an export to `target` lost is listed. */
export function lostPath(target: string): string {
  return `${target}.lost.json`;
}

/**
 * Makes sure that a list may be written or removed at a path: nothing is there, or the list of an earlier export.
 *
 * @throws Error where there is something else.
 */
export async function refuseOther(path: string): Promise<void> {
  if ((await stateOf(path)) === 'other')
    throw new Error(`${path} is there already and lists no losses of an export`);
}

/** Writes the list as a whole or not at all. */
export async function writeLost(
  path: string,
  list: Omit<LostFile, 'format' | 'version'>,
  flush: boolean,
): Promise<void> {
  await refuseOther(path);
  const content: LostFile = { format: 'ploop-lost', version: 1, ...list };
  await writeWhole(path, `${JSON.stringify(content, undefined, 2)}\n`, flush);
  if (flush) await syncDirectory(dirname(path));
}

/** Removes the list of an earlier export to the same target; leaves everything else. */
export async function removeLost(path: string): Promise<void> {
  if ((await stateOf(path)) === 'list') await rm(path, { force: true });
}

async function stateOf(path: string): Promise<'absent' | 'list' | 'other'> {
  const flags = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;
  try {
    const handle = await open(path, flags);
    try {
      const stats = await handle.stat();
      if (!stats.isFile() || stats.size > MOST_BYTES) return 'other';
      const value = JSON.parse(await readFile(handle, 'utf8')) as Partial<LostFile> | null;
      return value?.format === 'ploop-lost' ? 'list' : 'other';
    } finally {
      await handle.close();
    }
  } catch (error) {
    refuseTooManyOpen(path, error);
    return isGone(error) ? 'absent' : 'other';
  }
}
