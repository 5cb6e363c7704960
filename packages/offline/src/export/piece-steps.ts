import { setImmediate } from 'node:timers/promises';

import { dataPieces, type ByteConsumer, type ChainContent } from '@ploop/image';
import { updateZeros } from '@ploop/image/internal';

import type { CopyStep } from './copy.ts';
import type { Sink } from './sink.ts';

/** As many zeros, where they are written or hashed, between two looks at whether to go on. */
const ZEROS_BYTES = 64 << 20;

/** Copies by reads and writes of the event loop, reading ahead of the writing; what is copied goes through a hash. */
export async function* pieceSteps(
  chain: ChainContent,
  sink: Sink,
  hash: ByteConsumer | undefined,
  signal: AbortSignal,
): AsyncGenerator<CopyStep, void, undefined> {
  async function* zeros(from: number, to: number): AsyncGenerator<CopyStep, void, undefined> {
    if (hash === undefined && sink.zeros === undefined) return;
    for (let start = from; start < to; start += ZEROS_BYTES) {
      const end = Math.min(to, start + ZEROS_BYTES);
      if (hash !== undefined) await updateZeros(hash, end - start, signal);
      const copy = async (): Promise<void> => sink.zeros?.(start, end - start);
      yield { start, end, data: 0, copy };
      // A stream may take them without anybody else getting a turn.
      await setImmediate();
    }
  }

  let at = sink.start;
  for await (const { position, bytes, release } of dataPieces(chain, {
    start: sink.start,
    signal,
  })) {
    yield* zeros(at, position);
    hash?.update(bytes);
    at = position + bytes.length;
    const copy = (): Promise<void> => sink.data(bytes, position).finally(release);
    yield { start: position, end: at, data: bytes.length, copy };
  }
  yield* zeros(at, chain.size);
}
