import type { ReadAt } from '@ploop/descriptor/internal';
import { dataPieces, type ChainContent } from '@ploop/image';

import { comparePiece } from './compare-piece.ts';

const ZEROS = new Uint8Array(1 << 20);

/** Where a file must have the bytes of a disk. */
export interface CompareOptions {
  /** Only what is before this byte of the disk counts. */
  readonly end: number;
  readonly signal: AbortSignal;
}

/** The first byte of a file that is not that of the disk; `undefined` if it has all of them. */
export async function firstDifference(
  chain: ChainContent,
  readAt: ReadAt,
  { end, signal }: CompareOptions,
): Promise<number | undefined> {
  const buffer = new Uint8Array(ZEROS.length);
  const compare = async (bytes: Uint8Array, position: number): Promise<number | undefined> => {
    for (let done = 0; done < bytes.length; done += buffer.length) {
      const expected = bytes.subarray(done, done + buffer.length);
      const found = await comparePiece(readAt, expected, position + done, buffer);
      if (found !== undefined) return found;
    }
    return undefined;
  };
  const compareZeros = async (from: number, to: number): Promise<number | undefined> => {
    for (let at = from; at < to; at += ZEROS.length) {
      signal.throwIfAborted();
      const found = await compare(ZEROS.subarray(0, to - at), at);
      if (found !== undefined) return found;
    }
    return undefined;
  };

  let at = 0;
  for await (const { position, bytes, release } of dataPieces(chain, { end, signal })) {
    const found = (await compareZeros(at, position)) ?? (await compare(bytes, position));
    release();
    if (found !== undefined) return found;
    at = position + bytes.length;
  }
  return compareZeros(at, end);
}
