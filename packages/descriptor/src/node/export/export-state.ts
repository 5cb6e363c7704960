import { lstat, readFile, rename, rm, writeFile } from 'node:fs/promises';

import type { Snapshot } from '../open-snapshot.ts';
import { isGone } from '../failure.ts';

/** What the unfinished file of an export was made of: to go on, all of it must be the same. */
export interface ExportOrigin {
  readonly guid: string;
  readonly size: number;
  readonly sparse: boolean;
  /** Base first. */
  readonly images: readonly string[];
}

interface ExportState {
  readonly format: 'ploop-export';
  readonly version: 1;
  readonly origin: ExportOrigin;
  /** {@link inodeOf} the unfinished file that it is about: no other file of that name. */
  readonly inode: string;
  /** Everything before this byte is on the disk. */
  readonly done: number;
}

/** Which file there is at a path, of those in its directory. */
export async function inodeOf(path: string): Promise<string> {
  return String((await lstat(path, { bigint: true })).ino);
}

/** What an export of a snapshot comes from: which files, in which state. */
export function originOf({ guid, size, images }: Snapshot, sparse: boolean): ExportOrigin {
  const states = images.map(({ path, identity: { dev, ino, mtimeNs, ctimeNs, size } }) =>
    [dev, ino, mtimeNs, ctimeNs, size, path].map(String).join(' '),
  );
  return { guid, size, sparse, images: states };
}

/** How the file beside an unfinished export is called. */
function statePath(part: string): string {
  return `${part}.json`;
}

/**
 * How far the unfinished export in `part` had come: 0 where it is of something else, or the record of another file,
 * `undefined` where there is no such record, so that the file is somebody else's.
 */
export async function readState(part: string, origin: ExportOrigin): Promise<number | undefined> {
  let text: string;
  try {
    text = await readFile(statePath(part), 'utf8');
  } catch (error) {
    if (isGone(error)) return undefined;
    throw error;
  }
  const state = parse(text);
  if (state === undefined) return undefined;
  const isSame =
    JSON.stringify(state.origin) === JSON.stringify(origin) &&
    state.inode === (await inodeOf(part));
  return isSame && Number.isSafeInteger(state.done) && state.done >= 0 && state.done <= origin.size
    ? state.done
    : 0;
}

function parse(text: string): (Partial<ExportState> & { readonly done: number }) | undefined {
  // A power cut may leave an empty record, which was one nevertheless.
  if (text === '') return { done: 0 };
  try {
    const value = JSON.parse(text) as Partial<ExportState> | null;
    if (value?.format !== 'ploop-export') return undefined;
    return { ...value, done: value.version === 1 ? (value.done ?? 0) : 0 };
  } catch {
    return undefined;
  }
}

/** Records how far an export has come; `flush` makes sure that a power cut does not undo that. */
export async function writeState(
  part: string,
  origin: ExportOrigin,
  { inode, done }: { readonly inode: string; readonly done: number },
  flush: boolean,
): Promise<void> {
  const state: ExportState = { format: 'ploop-export', version: 1, origin, inode, done };
  const made = `${statePath(part)}.tmp`;
  await rm(made, { force: true });
  try {
    await writeFile(made, JSON.stringify(state), { flush, flag: 'wx' });
    await rename(made, statePath(part));
  } catch (error) {
    await rm(made, { force: true });
    throw error;
  }
}

/** Removes the record. */
export async function removeState(part: string): Promise<void> {
  await rm(statePath(part), { force: true });
}
