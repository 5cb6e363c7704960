import { diagnostic, DescriptorError } from '@ploop/descriptor';
import type { ReadAt } from '@ploop/descriptor/internal';
import type { ChainContent } from '@ploop/image';

import { holdsDataOnly } from './allocation.ts';
import { comparePiece } from './compare-piece.ts';
import { copySnapshot } from './copy-snapshot.ts';
import type { Sink, Written } from './sink.ts';

const PIECE_BYTES = 1 << 20;
const ZEROS = new Uint8Array(PIECE_BYTES);

/**
 * Compares what was written with what the disk reads as. Holes are read as well, unless the file system stores nothing
 * but the data of the disk.
 *
 * @throws DescriptorError with code `EXPORT_DIFFERS`, and what reading throws.
 */
export async function verifyExport(
  chain: ChainContent,
  { readAt, endsThere, allocation }: Written,
  file: string,
  signal: AbortSignal,
): Promise<void> {
  const isProven = allocation !== undefined && (await holdsDataOnly(chain, await allocation()));
  const sink = comparison(readAt, isProven, file, signal);
  const options = { threads: false, progress: () => undefined, signal };
  const { failure } = await copySnapshot(chain, sink, undefined, options);
  if (failure !== undefined) throw failure.error;
  if (endsThere && (await readAt(new Uint8Array(1), chain.size)) > 0)
    throw differs(file, chain.size);
}

/** A sink that writes nothing, and fails where the target has other bytes than those it gets. */
function comparison(readAt: ReadAt, skipsZeros: boolean, file: string, signal: AbortSignal): Sink {
  const buffers: Uint8Array[] = [];
  const compare = async (bytes: Uint8Array, position: number): Promise<void> => {
    const buffer = buffers.pop() ?? new Uint8Array(PIECE_BYTES);
    try {
      const found = await comparePiece(readAt, bytes, position, buffer);
      if (found !== undefined) throw differs(file, found);
    } finally {
      buffers.push(buffer);
    }
  };
  const inPieces = async (
    length: number,
    position: number,
    expected: (done: number, end: number) => Uint8Array,
  ): Promise<void> => {
    for (let done = 0; done < length; done += PIECE_BYTES) {
      signal.throwIfAborted();
      const end = Math.min(length, done + PIECE_BYTES);
      await compare(expected(done, end), position + done);
    }
  };
  return {
    start: 0,
    data: (bytes, position) =>
      inPieces(bytes.length, position, (done, end) => bytes.subarray(done, end)),
    ...(!skipsZeros && {
      zeros: (position: number, length: number) =>
        inPieces(length, position, (done, end) => ZEROS.subarray(0, end - done)),
    }),
    finish: () => Promise.resolve(),
    abandon: () => Promise.resolve(undefined),
  };
}

function differs(file: string, position: number): DescriptorError {
  return new DescriptorError([diagnostic('EXPORT_DIFFERS', { file, position })]);
}
