import type { Reader, Steps } from '@ploop/descriptor/internal';

/**
 * `length` bytes from a position on; fewer where the disk ends, none where no disk reaches. Callers ask for bounded
 * pieces.
 */
export function* readBytes(read: Reader, position: number, length: number): Steps<Uint8Array> {
  if (!Number.isSafeInteger(position + length)) return new Uint8Array(0);
  const target = new Uint8Array(length);
  return target.subarray(0, yield* read(target, position));
}
