import { IMAGE } from '../arguments/image.ts';
import { requireCall } from '../arguments/require.ts';
import type { ExtentOptions } from './extents.ts';
import { rangeWithin, type Chain } from './open-chain.ts';

const CHUNK_BYTES = 1 << 20;
const AHEAD = 3;
const TURN = 64;

/** The bytes of a disk in order, zeros and all, each chunk in memory of its own; a few are read ahead. */
export async function* chunks(
  chain: Pick<Chain, 'size' | 'read'>,
  options: ExtentOptions = {},
): AsyncGenerator<Uint8Array, void, undefined> {
  requireCall(IMAGE.chunks, [chain, options]);
  const { signal, ...range } = options;
  const { start, end } = rangeWithin(chain.size, range);
  let given = 0;
  const ahead: Promise<Uint8Array>[] = [];
  try {
    for (let at = start; at < end || ahead.length > 0;) {
      signal?.throwIfAborted();
      while (at < end && ahead.length < AHEAD) {
        const chunk = chain.read(at, Math.min(CHUNK_BYTES, end - at));
        chunk.catch(() => undefined);
        ahead.push(chunk);
        at += CHUNK_BYTES;
      }
      const next = ahead.shift();
      if (next !== undefined) yield await next;
      given += 1;
      // Zeros come without any read: others, and the signal, get their turn now and then.
      if (given % TURN === 0) await new Promise((resolve) => setTimeout(resolve));
    }
  } finally {
    await Promise.allSettled(ahead);
  }
}

/** {@link chunks} as a web stream. `end` is the first byte that is not part of it any more. */
export function createWebStream(
  chain: Pick<Chain, 'size' | 'read'>,
  options?: ExtentOptions,
): ReadableStream<Uint8Array> {
  requireCall(IMAGE.createWebStream, [chain, options]);
  return webStreamOf(chunks(chain, options));
}

/** A web stream of chunks. */
export function webStreamOf(
  iterator: AsyncGenerator<Uint8Array, void, undefined>,
): ReadableStream<Uint8Array> {
  return new ReadableStream<Uint8Array>(
    {
      pull: async (controller) => {
        const { done, value } = await iterator.next();
        if (done === true) controller.close();
        else controller.enqueue(value);
      },
      cancel: async () => {
        await iterator.return();
      },
    },
    { highWaterMark: 0 },
  );
}
