import { READING } from '../arguments/reading.ts';
import { requireCall } from '../arguments/require.ts';
import { rangeWithin, type ExtentOptions } from './range.ts';

/** What can be read at any place. */
interface Readable {
  readonly size: number;
  readonly read: (position: number, length: number) => Promise<Uint8Array>;
}

const CHUNK_BYTES = 1 << 20;
const AHEAD = 3;
const TURN = 64;

/** The bytes of a disk or file in order, zeros and all, each chunk in memory of its own; a few are read ahead. */
export async function* chunks(
  source: Readable,
  options: ExtentOptions = {},
): AsyncGenerator<Uint8Array, void, undefined> {
  requireCall(READING.chunks, [source, options]);
  const { signal, ...range } = options;
  const { start, end } = rangeWithin(source.size, range);
  let given = 0;
  const ahead: Promise<Uint8Array>[] = [];
  try {
    for (let at = start; at < end || ahead.length > 0;) {
      signal?.throwIfAborted();
      while (at < end && ahead.length < AHEAD) {
        const chunk = source.read(at, Math.min(CHUNK_BYTES, end - at));
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
  source: Readable,
  options?: ExtentOptions,
): ReadableStream<Uint8Array> {
  requireCall(READING.createWebStream, [source, options]);
  return webStreamOf(chunks(source, options));
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
