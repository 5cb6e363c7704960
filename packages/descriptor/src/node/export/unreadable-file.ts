import { rename, rm, unlink, writeFile } from 'node:fs/promises';

import type { ByteRun } from '../../image/tolerant-source.ts';
import { openOwn } from '../own-file.ts';

/** What could not be read of each image, base first. */
export type Unreadable = readonly (readonly ByteRun[])[];

const FORMAT = 'ploop-unreadable';
const MOST_BYTES = 256 << 20;

function pathOf(part: string): string {
  return `${part}.unreadable.json`;
}

/** Lists what an unfinished export could not read, as a whole or not at all. */
export async function writeUnreadable(part: string, unreadable: Unreadable): Promise<void> {
  const made = `${pathOf(part)}.tmp`;
  await rm(made, { force: true });
  const text = JSON.stringify({ format: FORMAT, version: 1, unreadable });
  await writeFile(made, text, { flush: true, flag: 'wx', mode: 0o600 });
  await rename(made, pathOf(part));
}

/**
 * What an unfinished export could not read.
 *
 * @throws Error if there is no such list.
 */
export async function readUnreadable(part: string): Promise<Unreadable> {
  const path = pathOf(part);
  const file = await openOwn(path);
  try {
    const { size } = file?.stats ?? {};
    if (file === undefined || size === undefined || size > MOST_BYTES)
      throw new Error(`${path} does not list what the export could not read`);
    const value = JSON.parse(await file.handle.readFile('utf8')) as Record<string, unknown> | null;
    const unreadable = value?.['format'] === FORMAT ? value['unreadable'] : undefined;
    if (!areRuns(unreadable))
      throw new Error(`${path} does not list what the export could not read`);
    return unreadable;
  } finally {
    await file?.handle.close();
  }
}

/** Removes the list, if there is one. */
export async function removeUnreadable(part: string): Promise<void> {
  const file = await openOwn(pathOf(part));
  await file?.handle.close();
  if (file !== undefined) await unlink(file.path);
}

function areRuns(value: unknown): value is Unreadable {
  const isRun = (run: unknown): boolean =>
    Array.isArray(run) && run.length === 2 && run.every((byte) => Number.isSafeInteger(byte));
  return Array.isArray(value) && value.every((runs) => Array.isArray(runs) && runs.every(isRun));
}
