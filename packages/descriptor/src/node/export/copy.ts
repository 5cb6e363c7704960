import { setImmediate } from 'node:timers/promises';

import { dataPieces } from '../../image/data-pieces.ts';
import { updateZeros, type ByteConsumer } from '../../image/hash-chain.ts';
import type { Chain } from '../../image/open-chain.ts';
import type { Sink } from './sink.ts';

/** How far an export has come. */
export interface ExportProgress {
  /** Everything before this byte of the disk is done. */
  readonly position: number;
  /** Bytes of the disk. */
  readonly size: number;
  /** Bytes of data written so far, zeros that no image holds not counted. */
  readonly data: number;
}

/** What a copy is accompanied by. */
export interface CopyOptions {
  readonly hash: ByteConsumer | undefined;
  readonly progress: ((progress: ExportProgress) => void) | undefined;
  readonly signal: AbortSignal | undefined;
}

/** How far a copy came, be it to its end. */
export interface Copied {
  readonly done: number;
  readonly data: number;
  readonly failure?: { readonly error: unknown };
}

/** As many zeros, where they are written or hashed, between two looks at whether to go on. */
const ZEROS_BYTES = 64 << 20;

/** Copies a chain to a sink, reading ahead of the writing. A failure is part of the result. */
export async function copy(
  chain: Chain,
  sink: Sink,
  { hash, progress, signal }: CopyOptions,
): Promise<Copied> {
  const { size } = chain;
  /** Where the writes under way begin; in the order of the disk. */
  const writing = new Map<number, Promise<void>>();
  let failure: { readonly error: unknown } | undefined;
  let [at, data] = [sink.start, 0];

  const done = (): number => {
    const [oldest] = writing.keys();
    return oldest ?? at;
  };
  const skip = async (to: number): Promise<void> => {
    if (hash === undefined && sink.zeros === undefined) at = to;
    while (at < to) {
      signal?.throwIfAborted();
      const length = Math.min(ZEROS_BYTES, to - at);
      if (hash !== undefined) await updateZeros(hash, length, signal);
      await sink.zeros?.(at, length);
      at += length;
      // A stream may take them without anybody else getting a turn.
      await setImmediate();
      progress?.({ position: done(), size, data });
    }
  };
  const write = (bytes: Uint8Array, position: number, release: () => void): void => {
    const written = sink
      .data(bytes, position)
      .then(
        () => writing.delete(position),
        (error: unknown) => (failure ??= { error }),
      )
      .then(release);
    writing.set(position, written);
  };

  try {
    for await (const { position, bytes, release } of dataPieces(chain, {
      start: sink.start,
      ...(signal && { signal }),
    })) {
      if (failure !== undefined) break;
      await skip(position);
      hash?.update(bytes);
      write(bytes, position, release);
      at = position + bytes.length;
      data += bytes.length;
      sink.reached?.(done());
      progress?.({ position: done(), size, data });
    }
    await Promise.all(writing.values());
    // A failed write stays in the map, so that nothing behind it counts as done.
    if (failure === undefined) await skip(size);
  } catch (error) {
    failure ??= { error };
    await Promise.all(writing.values());
  }
  progress?.({ position: done(), size, data });
  return { done: done(), data, ...(failure && { failure }) };
}
