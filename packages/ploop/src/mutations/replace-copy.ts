import { constants } from 'node:fs';
import { open, stat, type FileHandle } from 'node:fs/promises';

import { SECTOR_SIZE } from '@ploop/descriptor';
import { HEADER_BYTES, parseImageHeader } from '@ploop/descriptor/image';
import { refuseTooManyOpen } from '@ploop/descriptor/node';
import { RefusedError } from '@ploop/runner';

/** Where the in-use mark is in a header: a copy need not have it. */
const MARK = { start: 44, end: 48 };
/** Where a header says in which sector the first block is. */
const FIRST_BLOCK = 48;
const CHUNK_BYTES = 1024 * 1024;

/**
 * Refuses a file that cannot be a copy of an image, by its length, header and block table: releases 7 and later put any
 * image in. What the blocks hold is not compared.
 *
 * @throws RefusedError `REPLACEMENT_DIFFERS`
 */
export async function refuseOther(image: string, copy: string): Promise<void> {
  const differs = (what: string): RefusedError =>
    new RefusedError(
      'REPLACEMENT_DIFFERS',
      `${copy} is no copy of ${image}: its ${what} is another`,
      'Copy the image that is to be replaced, with its holes or without.',
    );
  const sizes = [await sizeOf(image), await sizeOf(copy)] as const;
  if (sizes[0] !== sizes[1]) throw differs('length');
  const handles: FileHandle[] = [];
  try {
    for (const file of [image, copy]) handles.push(await opened(file));
    const [own, other] = await Promise.all(handles.map((handle) => startOf(handle)));
    if (own === undefined || other?.equals(own) !== true) throw differs('header');
    // A raw image has none.
    if (parseImageHeader(own, image).header === undefined) return;
    const firstBlock = own.readUInt32LE(FIRST_BLOCK) * SECTOR_SIZE;
    const tableEnd = Math.min(firstBlock, sizes[0]);
    for (let offset = HEADER_BYTES; offset < tableEnd; offset += CHUNK_BYTES) {
      const length = Math.min(CHUNK_BYTES, tableEnd - offset);
      const [ours, theirs] = await Promise.all(
        handles.map((handle) => readAt(handle, offset, length)),
      );
      if (ours === undefined || theirs?.equals(ours) !== true) throw differs('block table');
    }
  } finally {
    await Promise.all(handles.map((handle) => handle.close()));
  }
}

/** What is no file, a FIFO for one, would block. */
async function sizeOf(file: string): Promise<number> {
  const stats = await stat(file).catch((cause: unknown) => {
    throw unreadable(file, cause);
  });
  if (!stats.isFile()) throw unreadable(file, 'it is no file');
  return stats.size;
}

function opened(file: string): Promise<FileHandle> {
  return open(file, constants.O_RDONLY | constants.O_NONBLOCK).catch((cause: unknown) => {
    throw unreadable(file, cause);
  });
}

function unreadable(file: string, why: unknown): RefusedError {
  refuseTooManyOpen(file, why);
  return new RefusedError(
    'REPLACEMENT_DIFFERS',
    `${file} cannot be compared: ${String(why)}`,
    'An image is replaced by a copy of it, so both have to be there.',
  );
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
