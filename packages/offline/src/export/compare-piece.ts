import type { ReadAt } from '@ploop/descriptor/internal';

/**
 * The first byte of a file from `position` on that differs from `expected`; `undefined` if none does.
 *
 * @param buffer - Takes what is read; as long as `expected` at least.
 */
export async function comparePiece(
  readAt: ReadAt,
  expected: Uint8Array,
  position: number,
  buffer: Uint8Array,
): Promise<number | undefined> {
  const length = await readAt(buffer.subarray(0, expected.length), position);
  const there = buffer.subarray(0, length);
  if (Buffer.compare(there, expected) === 0) return undefined;
  return position + expected.findIndex((byte, index) => byte !== there[index]);
}
