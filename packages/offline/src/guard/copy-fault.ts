import { constants } from 'node:fs';
import { open, stat, type FileHandle } from 'node:fs/promises';

import { SECTOR_SIZE } from '@ploop/descriptor';
import { requireCall } from '@ploop/descriptor/arguments';
import { HEADER_BYTES, parseImageHeader, refuseTooManyOpen } from '@ploop/descriptor/internal';

import { OFFLINE } from '../arguments.ts';

/** Why a file is not a copy of an image: what differs, or which of the two cannot be read, and why. */
export type CopyFault = { readonly differs: 'length' | 'header' | 'block table' } | Unreadable;

interface Unreadable {
  readonly unreadable: string;
  readonly reason: string;
}

/** Where the in-use mark is in a header: a copy need not have it. */
const MARK = { start: 44, end: 48 };
/** Where a header says in which sector the first block is. */
const FIRST_BLOCK = 48;
const CHUNK_BYTES = 1024 * 1024;

/**
 * Why a file cannot be a copy of an image, by its length, header and block table; `undefined` if nothing speaks against it.
 * What the blocks hold is not compared. Both are paths that the caller chose: they are opened wherever they are.
 *
 * @throws DescriptorError `TOO_MANY_OPEN_FILES`.
 */
export async function copyFault(image: string, copy: string): Promise<CopyFault | undefined> {
  requireCall(OFFLINE.copyFault, [image, copy]);
  const sizes: number[] = [];
  for (const file of [image, copy]) {
    const size = await sizeOf(file);
    if (typeof size !== 'number') return size;
    sizes.push(size);
  }
  const [size = 0, other] = sizes;
  if (size !== other) return { differs: 'length' };
  const handles: FileHandle[] = [];
  try {
    for (const file of [image, copy]) {
      const handle = await opened(file);
      if ('unreadable' in handle) return handle;
      handles.push(handle);
    }
    return await differenceIn(handles, size, image);
  } finally {
    await Promise.all(handles.map((handle) => handle.close()));
  }
}

async function differenceIn(
  handles: readonly FileHandle[],
  size: number,
  image: string,
): Promise<CopyFault | undefined> {
  const [own, other] = await Promise.all(handles.map((handle) => startOf(handle)));
  if (own === undefined || other?.equals(own) !== true) return { differs: 'header' };
  // A raw image has none.
  if (parseImageHeader(own, image).header === undefined) return undefined;
  const tableEnd = Math.min(own.readUInt32LE(FIRST_BLOCK) * SECTOR_SIZE, size);
  for (let offset = HEADER_BYTES; offset < tableEnd; offset += CHUNK_BYTES) {
    const length = Math.min(CHUNK_BYTES, tableEnd - offset);
    const [ours, theirs] = await Promise.all(
      handles.map((handle) => readAt(handle, offset, length)),
    );
    if (ours === undefined || theirs?.equals(ours) !== true) return { differs: 'block table' };
  }
  return undefined;
}

/** What is not a file, a FIFO for one, would block. */
async function sizeOf(file: string): Promise<number | Unreadable> {
  try {
    const stats = await stat(file);
    return stats.isFile() ? stats.size : { unreadable: file, reason: 'it is not a file' };
  } catch (cause) {
    return unreadable(file, cause);
  }
}

async function opened(file: string): Promise<FileHandle | Unreadable> {
  try {
    return await open(file, constants.O_RDONLY | constants.O_NONBLOCK);
  } catch (cause) {
    return unreadable(file, cause);
  }
}

function unreadable(file: string, cause: unknown): Unreadable {
  refuseTooManyOpen(file, cause);
  return { unreadable: file, reason: String(cause) };
}

async function startOf(handle: FileHandle): Promise<Buffer> {
  const bytes = await readAt(handle, 0, HEADER_BYTES);
  return bytes.fill(0, MARK.start, MARK.end);
}

async function readAt(handle: FileHandle, offset: number, length: number): Promise<Buffer> {
  const buffer = Buffer.alloc(length);
  const { bytesRead } = await handle.read(buffer, 0, length, offset);
  return buffer.subarray(0, bytesRead);
}
