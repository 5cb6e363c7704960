import type { FileHandle } from 'node:fs/promises';

import type { ReadAt } from '@ploop/descriptor/internal';

/** Reads from an open file: fewer bytes than asked for only at its end. */
export function handleReader(handle: FileHandle): ReadAt {
  return async (target, position) => {
    let filled = 0;
    while (filled < target.length) {
      const left = target.length - filled;
      const { bytesRead } = await handle.read(target, filled, left, position + filled);
      if (bytesRead === 0) break;
      filled += bytesRead;
    }
    return filled;
  };
}

/** Writes all bytes, at a position or where the file is. */
export async function writeFully(
  handle: FileHandle,
  bytes: Uint8Array,
  position: number | null,
): Promise<void> {
  for (let written = 0; written < bytes.length;) {
    const at = position === null ? null : position + written;
    written += (await handle.write(bytes, written, bytes.length - written, at)).bytesWritten;
  }
}
