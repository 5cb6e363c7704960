import { unlink } from 'node:fs/promises';

import type { ByteRun } from '@ploop/image/internal';

import { openOwn, type OwnFile } from './own-file.ts';
import { writeWhole } from './write-whole.ts';

/** What could not be read of each image, base first. */
export type Unreadable = readonly (readonly ByteRun[])[];

const FORMAT = 'ploop-unreadable';
const START = `{"format":"${FORMAT}",`;
const MOST_BYTES = 256 << 20;

/** Where what an unfinished export could not read is listed. */
export function unreadablePath(part: string): string {
  return `${part}.unreadable.json`;
}

/**
 * Makes sure that a list may be written at its path: nothing is there, or a list of this user.
 *
 * @throws Error if there is something else.
 */
export async function refuseOtherList(part: string): Promise<void> {
  const file = await openOwn(unreadablePath(part));
  if (file === undefined) return;
  try {
    if (!(await isList(file))) throw new Error('it does not list what an export could not read');
  } finally {
    await file.handle.close();
  }
}

/** Lists what an unfinished export could not read, as a whole or not at all. */
export async function writeUnreadable(part: string, unreadable: Unreadable): Promise<void> {
  await refuseOtherList(part);
  const text = JSON.stringify({ format: FORMAT, version: 1, unreadable });
  await writeWhole(unreadablePath(part), text, true);
}

/**
 * What an unfinished export could not read.
 *
 * @throws Error if there is no such list.
 */
export async function readUnreadable(part: string): Promise<Unreadable> {
  const path = unreadablePath(part);
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

/** Removes the list, if there is one; leaves everything else. */
export async function removeUnreadable(part: string): Promise<void> {
  const file = await openOwn(unreadablePath(part));
  if (file === undefined) return;
  try {
    if (await isList(file)) await unlink(file.path);
  } finally {
    await file.handle.close();
  }
}

async function isList({ handle }: OwnFile): Promise<boolean> {
  const { buffer, bytesRead } = await handle.read(Buffer.alloc(START.length), 0, START.length, 0);
  return buffer.toString('latin1', 0, bytesRead) === START;
}

function areRuns(value: unknown): value is Unreadable {
  const isRun = (run: unknown): boolean =>
    Array.isArray(run) && run.length === 2 && run.every((byte) => Number.isSafeInteger(byte));
  return Array.isArray(value) && value.every((runs) => Array.isArray(runs) && runs.every(isRun));
}
