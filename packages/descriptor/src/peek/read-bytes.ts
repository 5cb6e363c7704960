import type { ReadAt } from '../image/read-at.ts';

/**
 * `length` bytes from a position on; fewer where the disk ends, none where no disk reaches. Callers ask for bounded
 * pieces.
 */
export async function readBytes(
  readAt: ReadAt,
  position: number,
  length: number,
): Promise<Uint8Array> {
  if (!Number.isSafeInteger(position + length)) return new Uint8Array(0);
  const target = new Uint8Array(length);
  return target.subarray(0, await readAt(target, position));
}
