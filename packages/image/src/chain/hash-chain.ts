import { requireCall } from '@ploop/descriptor/arguments';
import { type ExtentOptions, rangeWithin } from '@ploop/descriptor/internal';

import { IMAGE } from '../arguments.ts';
import { dataPieces } from './data-pieces.ts';
import type { ChainContent } from './open-chain.ts';

/** Something that takes bytes in order, such as a hash. */
export interface ByteConsumer {
  readonly update: (bytes: Uint8Array) => unknown;
}

const ZEROS = new Uint8Array(1 << 20);

/** Gives all bytes of a disk to a hash, zeros and all, in order. */
export async function hashChain(
  chain: ChainContent,
  hash: ByteConsumer,
  options: ExtentOptions = {},
): Promise<void> {
  requireCall(IMAGE.hashChain, [chain, hash, options]);
  const { start, end } = rangeWithin(chain.size, options);
  let at = start;
  for await (const { position, bytes, release } of dataPieces(chain, options)) {
    await updateZeros(hash, position - at, options.signal);
    hash.update(bytes);
    at = position + bytes.length;
    release();
  }
  await updateZeros(hash, end - at, options.signal);
}

/** Gives zeros to a hash, and other things their turn now and then. */
export async function updateZeros(
  hash: ByteConsumer,
  length: number,
  signal?: AbortSignal,
): Promise<void> {
  for (let left = length; left > 0; left -= ZEROS.length) {
    hash.update(left < ZEROS.length ? ZEROS.subarray(0, left) : ZEROS);
    if (left % (ZEROS.length * 64) >= ZEROS.length) continue;
    signal?.throwIfAborted();
    await new Promise((resolve) => setTimeout(resolve));
  }
}
