import type { ReadAt } from '../image/read-at.ts';

/** `length` bytes from a position on; fewer where the disk ends. Callers ask for bounded pieces. */
export async function readBytes(
  readAt: ReadAt,
  position: number,
  length: number,
): Promise<Uint8Array> {
  const target = new Uint8Array(length);
  return target.subarray(0, await readAt(target, position));
}
