import type { FileHandle } from 'node:fs/promises';

import type { DiskFile } from '@ploop/offline';

import { unwritable } from '../output/new-file.ts';
import { writeAll } from '../output/write-all.ts';

const CHUNK = 1 << 20;

/** Writes the content of a file; its holes become holes. */
export async function writeContent(
  source: DiskFile,
  target: FileHandle,
  name: string,
  progress: (bytes: number) => void,
): Promise<void> {
  for await (const { position, length, type } of source.extents()) {
    for (let at = 0; at < length; at += CHUNK) {
      const size = Math.min(CHUNK, length - at);
      if (type === 'data' || type === 'inline') {
        const bytes = await source.read(position + at, size);
        await written(name, () => writeAll(target, bytes, position + at));
      }
      progress(size);
    }
  }
  await written(name, () => target.truncate(source.size));
}

async function written(name: string, work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    throw unwritable(name, error);
  }
}
