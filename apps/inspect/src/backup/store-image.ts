import { createHash, randomBytes } from 'node:crypto';
import { constants, copyFile, open, rename, rm, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';

import { DescriptorError, diagnostic } from '@ploop/descriptor';
import type { BackupFile } from '@ploop/offline';

import { writeAll } from '../output/write-all.ts';
import { unreadable } from './failures.ts';
import { openPlain } from './open-plain.ts';
import type { BytesRead } from './watch.ts';

const PIECE_BYTES = 2 ** 20;
/** Zeros as long as this, and at a multiple of it, are not stored. */
const HOLE_BYTES = 2 ** 16;
const ZEROS = Buffer.alloc(HOLE_BYTES);
const { COPYFILE_EXCL, COPYFILE_FICLONE_FORCE } = constants;

/**
 * Copies an image into a directory, named by its SHA-256: a reflink where the file system has them, else without its
 * zeros.
 *
 * @returns The SHA-256, in hex.
 * @throws DescriptorError with code `IMAGE_CHANGED` if the file is not the one of the backup set any more.
 */
export async function storeImage(
  file: BackupFile,
  directory: string,
  options: BytesRead,
): Promise<string> {
  const made = join(directory, `.ploop-${randomBytes(8).toString('hex')}.part`);
  const source = await openPlain(file.source).catch((cause: unknown) => {
    throw unreadable(file.source, cause);
  });
  try {
    await requireUnchanged(source, file);
    const sha256 = await copied(source, made, options);
    await requireUnchanged(source, file);
    // A file of this name has the same content.
    await rename(made, join(directory, sha256));
    return sha256;
  } finally {
    await source.close();
    await rm(made, { force: true });
  }
}

/** Copies an open regular file to a path, with holes for its zeros, and gives the SHA-256 of it in hex. */
export async function copied(source: FileHandle, to: string, options: BytesRead): Promise<string> {
  const isCloned = await cloned(source, to);
  const target = await open(to, isCloned ? 'r' : 'wx', 0o600);
  try {
    const sha256 = await hashed(isCloned ? target : source, isCloned ? undefined : target, options);
    if (!isCloned) await target.truncate((await source.stat()).size);
    await target.sync();
    return sha256;
  } finally {
    await target.close();
  }
}

/** Makes a reflink of an open file, where the file system has them. Its path may lead elsewhere by now. */
async function cloned(source: FileHandle, to: string): Promise<boolean> {
  if (process.platform !== 'linux') return false;
  const path = `/proc/self/fd/${String(source.fd)}`;
  return copyFile(path, to, COPYFILE_EXCL | COPYFILE_FICLONE_FORCE).then(
    () => true,
    () => false,
  );
}

/** The SHA-256 of a file, in hex; what is not zeros is written to another one on the way. */
export async function hashed(
  source: FileHandle,
  target: FileHandle | undefined,
  { signal, onBytes }: BytesRead,
): Promise<string> {
  const hash = createHash('sha256');
  const buffer = Buffer.alloc(PIECE_BYTES);
  for (let at = 0; ;) {
    signal?.throwIfAborted();
    const { bytesRead } = await source.read(buffer, 0, PIECE_BYTES, at);
    if (bytesRead === 0) return hash.digest('hex');
    const piece = buffer.subarray(0, bytesRead);
    hash.update(piece);
    if (target !== undefined) await writeData(target, piece, at);
    at += bytesRead;
    onBytes?.(bytesRead);
  }
}

async function writeData(target: FileHandle, piece: Buffer, at: number): Promise<void> {
  for (let from = 0; from < piece.length; from += HOLE_BYTES) {
    const part = piece.subarray(from, from + HOLE_BYTES);
    if (!ZEROS.subarray(0, part.length).equals(part)) await writeAll(target, part, at + from);
  }
}

async function requireUnchanged(source: FileHandle, file: BackupFile): Promise<void> {
  const { size, mtimeNs } = await source.stat({ bigint: true });
  if (size !== BigInt(file.bytes) || String(mtimeNs) !== file.modified)
    throw new DescriptorError([diagnostic('IMAGE_CHANGED', { file: file.source })]);
}
