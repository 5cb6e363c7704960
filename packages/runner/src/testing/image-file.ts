import { open, type FileHandle } from 'node:fs/promises';

import { bytes } from '@ploop/descriptor';
import { batPieces, describeImage, type ImageTarget } from '@ploop/image';

import { ExitCode } from '../errors/exit-codes.ts';
import { notSimulated, ToolExit } from './tool-exit.ts';

/** Works with an image file that is there, and closes it. */
export async function withImage<Result>(
  path: string,
  work: (target: ImageTarget, handle: FileHandle) => Promise<Result>,
): Promise<Result> {
  const handle = await open(path, 'r+').catch((error: unknown) => {
    throw new ToolExit(ExitCode.OPEN, `Can't open file ${path}: ${reasonOf(error)}`);
  });
  try {
    const { size } = await handle.stat();
    return await work(targetOf(path, handle, size), handle);
  } finally {
    await handle.close();
  }
}

/** Makes a file, and fills it. */
export async function makeFile(
  path: string,
  fill: (handle: FileHandle) => Promise<void>,
): Promise<void> {
  const handle = await open(path, 'wx+', 0o600).catch((error: unknown) => {
    // Some releases remove a file that is in the way.
    throw notSimulated(`a run that cannot create ${path} (${reasonOf(error)})`);
  });
  try {
    await fill(handle);
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** An image that is longer than what it uses, without that: new clusters come after those in use. */
export async function usedPart(target: ImageTarget): Promise<ImageTarget> {
  const { description } = await describeImage(target);
  if (description.format !== 'ploop' || description.layout === undefined) return target;
  const { dataStart, clusterBytes, entryBytes } = description.layout;
  let end: number = dataStart;
  for await (const { entries } of batPieces(target, description.layout))
    for (const entry of entries)
      if (entry !== 0) end = Math.max(end, entry * entryBytes + clusterBytes);
  return { ...target, bytes: bytes(end) };
}

function targetOf(path: string, handle: FileHandle, size: number): ImageTarget {
  return {
    file: path,
    bytes: bytes(size),
    readAt: async (target, position) =>
      (await handle.read(target, 0, target.length, position)).bytesRead,
    writeAt: (content, position) => writeFully(handle, content, position),
    sync: () => handle.sync(),
  };
}

/** Writes all of some bytes. */
export async function writeFully(
  handle: FileHandle,
  content: Uint8Array,
  position: number,
): Promise<void> {
  let written = 0;
  while (written < content.length)
    written += (await handle.write(content, written, content.length - written, position + written))
      .bytesWritten;
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
