import { requireCall } from '@ploop/descriptor/arguments';
import type { ExtentOptions } from '@ploop/descriptor/internal';

import { IMAGE } from '../arguments.ts';
import { readSegments, type ChainContent } from './open-chain.ts';
import { partOf, type Segment } from './segment.ts';

/** Data of a disk in a borrowed buffer. */
export interface DataPiece {
  /** Byte of the disk. */
  readonly position: number;
  readonly bytes: Uint8Array;
  /** Gives the buffer back: to be called once for each piece, as soon as its bytes are not needed any more. */
  readonly release: () => void;
}

/** How much is read ahead. */
export interface PieceOptions extends ExtentOptions {
  /** Most bytes in a piece. Default: 2 MiB. */
  readonly pieceBytes?: number;
  /** Most pieces that are read or not given back yet. Default: 8. */
  readonly pieces?: number;
}

interface Plan {
  readonly position: number;
  length: number;
  readonly segments: Segment[];
}

interface Begun {
  readonly piece: DataPiece;
  readonly done: Promise<void>;
}

const PIECE_BYTES = 2 << 20;
const PIECES = 8;

/**
 * What is allocated of a disk, in order and read ahead; between two pieces the disk reads as zero. The buffers are used
 * again: who does not release pieces waits for ever.
 */
export async function* dataPieces(
  chain: ChainContent,
  options: PieceOptions = {},
): AsyncGenerator<DataPiece, void, undefined> {
  requireCall(IMAGE.dataPieces, [chain, options]);
  const { signal, pieceBytes = PIECE_BYTES, pieces = PIECES, ...range } = options;
  const free: ArrayBuffer[] = [];
  let lent = 0;
  let wake: (() => void) | undefined;
  const begun: Begun[] = [];
  const plans = plan(chain, { ...range, ...(signal && { signal }) }, pieceBytes);

  const begin = ({ position, length, segments }: Plan): void => {
    const buffer = free.pop() ?? new ArrayBuffer(pieceBytes);
    lent += 1;
    const bytes = new Uint8Array(buffer, 0, length);
    const done = readSegments(chain.layers, segments, bytes, position);
    // It is awaited in its turn; until then a failure must not end the process.
    done.catch(() => undefined);
    const release = (): void => {
      free.push(buffer);
      lent -= 1;
      wake?.();
    };
    begun.push({ piece: { position, bytes, release }, done });
  };

  try {
    let exhausted = false;
    let failure: { readonly error: unknown } | undefined;
    for (;;) {
      while (!exhausted && lent < pieces)
        try {
          const next = await plans.next();
          if (next.done === true) exhausted = true;
          else begin(next.value);
        } catch (error) {
          // What comes before it is given first.
          [exhausted, failure] = [true, { error }];
        }
      signal?.throwIfAborted();
      const first = begun.shift();
      if (first !== undefined) {
        await first.done;
        yield first.piece;
      } else if (failure !== undefined) throw failure.error;
      else if (exhausted) return;
      else
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
    }
  } finally {
    await Promise.allSettled(begun.map(({ done }) => done));
  }
}

/** Puts segments together to pieces without a gap, and cuts what is too long. */
async function* plan(
  chain: ChainContent,
  { signal, ...range }: ExtentOptions,
  pieceBytes: number,
): AsyncGenerator<Plan, void, undefined> {
  let open: Plan | undefined;
  try {
    for await (const segments of chain.segments(range)) {
      signal?.throwIfAborted();
      for (const segment of segments) {
        if (segment.layer === -1) continue;
        for (let done = 0; done < segment.length;) {
          const start = segment.start + done;
          if (open !== undefined && open.position + open.length !== start) {
            yield open;
            open = undefined;
          }
          open ??= { position: start, length: 0, segments: [] };
          const length = Math.min(segment.length - done, pieceBytes - open.length);
          open.segments.push(partOf(segment, start, start + length));
          open.length += length;
          done += length;
          if (open.length === pieceBytes) {
            yield open;
            open = undefined;
          }
        }
      }
    }
  } catch (error) {
    // What comes before it is of use.
    if (open !== undefined) yield open;
    throw error;
  }
  if (open !== undefined) yield open;
}
