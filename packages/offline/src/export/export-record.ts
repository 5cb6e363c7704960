import { createHash } from 'node:crypto';
import type { BigIntStats } from 'node:fs';
import type { FileHandle } from 'node:fs/promises';

import type { ExportOrigin } from './export-state.ts';

/** How far an unfinished export has come. */
export interface Progress {
  /** Inode of the unfinished file: the record is about no other file of that name. */
  readonly inode: string;
  /** When the file changed last, as {@link stampOf} reports it. */
  readonly stamp: string;
  /** Everything before this byte is on the disk. */
  readonly done: number;
  /** Present if lost ranges became zeros; `some` if there is a list of what could not be read. */
  readonly unreadable?: 'none' | 'some';
}

/** Of an export that has not written anything. */
export const NOTHING_DONE: Progress = { inode: '', stamp: '', done: 0 };

const FORMAT = 'ploop-export';
const VERSION = 4;
/** A sector: it is written in place, and a power cut leaves the old one or the new one. */
const RECORD_BYTES = 512;
/** Anything longer is not a record. */
const MOST_BYTES = 4096;

/** The name of the record of an unfinished file. */
export function recordPath(part: string): string {
  return `${part}.json`;
}

/** Differs from one moment to another if the file was written to in between, whatever its times were set to. */
export function stampOf({ mtimeNs, ctimeNs }: Pick<BigIntStats, 'mtimeNs' | 'ctimeNs'>): string {
  return `${String(mtimeNs)} ${String(ctimeNs)}`;
}

/**
 * How far an export had come: nothing if that was one of something else, `undefined` if the file is not a record, and
 * `empty` if it has no content, as a power cut leaves it.
 */
export async function readRecord(
  handle: FileHandle,
  origin: ExportOrigin,
): Promise<Progress | 'empty' | undefined> {
  const buffer = Buffer.alloc(MOST_BYTES + 1);
  const { bytesRead } = await handle.read(buffer, 0, buffer.length, 0);
  if (bytesRead > MOST_BYTES) return undefined;
  if (bytesRead === 0) return 'empty';
  const fields = fieldsOf(buffer.toString('utf8', 0, bytesRead));
  if (fields?.['format'] !== FORMAT) return undefined;
  const { version, origin: made, inode, stamp, done, unreadable } = fields;
  const isSame = version === VERSION && made === digestOf(origin);
  const isProgress =
    typeof inode === 'string' &&
    typeof stamp === 'string' &&
    typeof done === 'number' &&
    Number.isSafeInteger(done) &&
    done >= 0 &&
    done <= origin.size;
  if (!isSame || !isProgress) return NOTHING_DONE;
  const isSalvaged = unreadable === 'none' || unreadable === 'some';
  return { inode, stamp, done, ...(isSalvaged && { unreadable }) };
}

function fieldsOf(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    return (JSON.parse(text) as Readonly<Record<string, unknown>> | null) ?? undefined;
  } catch {
    return undefined;
  }
}

/**
 * Writes how far an export has come over what the record said before. That needs no room on most file systems, so a
 * record that was made before the disk was full is a true one after it as well.
 *
 * @param flush - Wait until a power cut cannot undo it.
 */
export async function writeRecord(
  handle: FileHandle,
  origin: ExportOrigin,
  progress: Progress,
  flush: boolean,
): Promise<void> {
  const fields = { format: FORMAT, version: VERSION, origin: digestOf(origin), ...progress };
  const bytes = Buffer.from(`${JSON.stringify(fields).padEnd(RECORD_BYTES - 1)}\n`);
  const { bytesWritten } = await handle.write(bytes, 0, bytes.length, 0);
  if (bytesWritten < bytes.length) throw new Error('the record of the export is cut off');
  if (flush) await handle.datasync();
}

/** Thousands of images make an origin of megabytes. */
function digestOf(origin: ExportOrigin): string {
  return createHash('sha256').update(JSON.stringify(origin)).digest('hex');
}
