import { readSegments, type ChainContent } from '../chain/open-chain.ts';
import { GROUP_UNITS, type UnitMap } from '../formats/unit-map.ts';

/** How to write an image whose data are compressed. */
export interface CompressOptions {
  /** Compresses a unit, such as a cluster. */
  readonly deflate: (bytes: Uint8Array) => Promise<Uint8Array>;
  readonly write: (bytes: Uint8Array, position: number) => Promise<void>;
  /** Hears that everything before byte `position` of the disk is written. */
  readonly reached: (position: number) => void;
  readonly signal: AbortSignal;
}

/** Units that are read and compressed at a time, and how often that is under way. */
const BATCH = 16;
const BATCHES = 4;
/** A unit of a disk, compressed. */
interface CompressedUnit {
  readonly unit: number;
  readonly bytes: Uint8Array;
  /** Compressed; `undefined` if it reads as zero. */
  readonly deflated: Uint8Array | undefined;
}

/** Reads and compresses the units of a group that hold data, several at a time; in order. */
export async function* compressedUnits(
  disk: ChainContent,
  map: UnitMap,
  group: number,
  { deflate, signal }: Pick<CompressOptions, 'deflate' | 'signal'>,
): AsyncGenerator<readonly CompressedUnit[], void, undefined> {
  const units = [...map.places(group).entries()].flatMap(([index, place]) =>
    place >= 0 ? [group * GROUP_UNITS + index] : [],
  );
  const begun: Promise<readonly CompressedUnit[]>[] = [];
  const begin = (first: number): void => {
    const batch = compressBatch(disk, units.slice(first, first + BATCH), map.unitBytes, deflate);
    // It is awaited in its turn; until then a failure must not end the process.
    batch.catch(() => undefined);
    begun.push(batch);
  };
  let next = 0;
  try {
    for (;;) {
      signal.throwIfAborted();
      for (; begun.length < BATCHES && next < units.length; next += BATCH) begin(next);
      const first = begun.shift();
      if (first === undefined) return;
      yield await first;
    }
  } finally {
    await Promise.allSettled(begun);
  }
}

async function compressBatch(
  disk: ChainContent,
  units: readonly number[],
  unitBytes: number,
  deflate: CompressOptions['deflate'],
): Promise<readonly CompressedUnit[]> {
  const bytes = new Uint8Array(units.length * unitBytes);
  const parts = units.map((unit, index) => {
    const part = bytes.subarray(index * unitBytes, (index + 1) * unitBytes);
    return { unit, part };
  });
  for (const { unit, part } of parts) {
    const start = unit * unitBytes;
    const end = Math.min(disk.size, start + unitBytes);
    for await (const segments of disk.segments({ start, end }))
      await readSegments(disk.layers, segments, part, start);
  }
  return Promise.all(
    parts.map(async ({ unit, part }) => {
      const deflated = isZero(part) ? undefined : await deflate(part);
      return { unit, bytes: part, deflated };
    }),
  );
}

function isZero(bytes: Uint8Array): boolean {
  const words = new BigUint64Array(bytes.buffer, bytes.byteOffset, bytes.length / 8);
  return words.every((word) => word === 0n);
}
