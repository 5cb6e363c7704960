import { readFully, type ImageSource } from '@ploop/descriptor/internal';

import type { ImageTarget } from './image-target.ts';

const PIECE_BYTES = 1 << 20;
const ZEROS = new Uint8Array(PIECE_BYTES);

/** Copies bytes from one image to another, or within one, a piece at a time. */
export async function copyBytes(
  source: ImageSource,
  from: number,
  target: ImageTarget,
  to: number,
  length: number,
): Promise<void> {
  const buffer = new Uint8Array(Math.min(PIECE_BYTES, length));
  for (let done = 0; done < length; done += buffer.length) {
    const piece = buffer.subarray(0, Math.min(buffer.length, length - done));
    await readFully(source, piece, from + done);
    await target.writeAt(piece, to + done);
  }
}

/** Writes zeros, a piece at a time. */
export async function writeZeros(target: ImageTarget, from: number, end: number): Promise<void> {
  for (let at = from; at < end; at += PIECE_BYTES)
    await target.writeAt(ZEROS.subarray(0, Math.min(PIECE_BYTES, end - at)), at);
}
