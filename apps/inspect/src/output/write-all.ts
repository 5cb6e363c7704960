import type { FileHandle } from 'node:fs/promises';

/** Writes all of some bytes at a place of a file: one write may take less. */
export async function writeAll(
  target: FileHandle,
  bytes: Uint8Array,
  position: number,
): Promise<void> {
  for (let at = 0; at < bytes.length;) {
    const { bytesWritten } = await target.write(bytes, at, bytes.length - at, position + at);
    at += bytesWritten;
  }
}
