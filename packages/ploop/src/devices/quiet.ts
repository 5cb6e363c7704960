import { readdirSync } from 'node:fs';
import { readdir } from 'node:fs/promises';

import { isBlockDevice } from './block.ts';
import { isMapped } from './mapper.ts';

/** Whether entries of `/sys/block` can be ploop devices at all. */
export function hasCandidates(names: readonly string[]): boolean {
  for (const name of names) if (isBlockDevice(name) || isMapped(name)) return true;
  return false;
}

/** Whether a machine has no ploop device for certain; false also where that is unknown. */
export function isQuietSync(blockDirectory: string): boolean {
  try {
    return !hasCandidates(readdirSync(blockDirectory));
  } catch {
    return false;
  }
}

/** {@link isQuietSync}, without blocking. */
export async function isQuiet(blockDirectory: string): Promise<boolean> {
  try {
    return !hasCandidates(await readdir(blockDirectory));
  } catch {
    return false;
  }
}
