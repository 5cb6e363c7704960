import { readSegments, type ChainContent } from '../chain/open-chain.ts';
import { surveyUnits } from '../chain/survey-units.ts';
import { viewOf } from '../formats/qcow2/bytes.ts';
import {
  compressedEntry,
  createCompressedLayout,
  type CompressedLayout,
} from '../formats/qcow2/write/compressed-layout.ts';
import { encodeQcow2Header } from '../formats/qcow2/write/encode-header.ts';
import {
  CLUSTER_BYTES,
  l1Page,
  refcountParts,
  refcountSizes,
  setOffset,
} from '../formats/qcow2/write/qcow2-writer.ts';
import { GROUP_UNITS } from '../formats/unit-map.ts';

/** How to write an image whose data are compressed. */
interface CompressOptions {
  /** Compresses a cluster to raw deflate, with a window of at most 4 KiB. */
  readonly deflate: (bytes: Uint8Array) => Promise<Uint8Array>;
  /** Writes to the file, in no order. */
  readonly write: (bytes: Uint8Array, position: number) => Promise<void>;
  /** Hears that everything before byte `position` of the disk is written. */
  readonly reached: (position: number) => void;
  readonly signal: AbortSignal;
}

/** What was written. */
interface Compressed {
  /** Bytes of the file. */
  readonly fileBytes: number;
  /** Bytes of the disk that are stored in it. Clusters of zeros are not. */
  readonly data: number;
}

/** Clusters that are read and compressed at a time, and how often that is under way. */
const BATCH = 16;
const BATCHES = 4;
const COPIED = 2 ** 31;

interface Cluster {
  readonly unit: number;
  /** As it is stored; `undefined` if it reads as zero. */
  readonly stored: Uint8Array | undefined;
}

/** Writes a disk as a qcow2 image of version 3 with compressed clusters. The header comes last. */
export async function compressQcow2(
  disk: ChainContent,
  size: number,
  options: CompressOptions,
): Promise<Compressed> {
  const { write, reached, signal } = options;
  const units = await surveyUnits(disk, CLUSTER_BYTES, { signal });
  const layout = createCompressedLayout();
  const tables = new Map<number, number>();
  let data = 0;
  for (const group of units.groups) {
    const table = new Uint8Array(CLUSTER_BYTES);
    const view = viewOf(table);
    const found = [...units.places(group).entries()].flatMap(([index, place]) =>
      place >= 0 ? [group * GROUP_UNITS + index] : [],
    );
    for await (const clusters of compressed(disk, found, options)) {
      const pieces: { readonly bytes: Uint8Array; readonly offset: number }[] = [];
      for (const { unit, stored } of clusters) {
        if (stored === undefined) continue;
        const at = (unit % GROUP_UNITS) * 8;
        const isWhole = stored.length === CLUSTER_BYTES;
        const offset = isWhole ? layout.take(1) * CLUSTER_BYTES : layout.place(stored.length);
        if (isWhole) setOffset(view, at, offset / CLUSTER_BYTES, COPIED);
        else {
          const { high, low } = compressedEntry(offset, stored.length);
          view.setUint32(at, high);
          view.setUint32(at + 4, low);
        }
        data += Math.min(CLUSTER_BYTES, disk.size - unit * CLUSTER_BYTES);
        pieces.push({ bytes: stored, offset });
      }
      for (const { bytes, offset } of joined(pieces)) await write(bytes, offset);
      signal.throwIfAborted();
      const last = clusters.at(-1);
      if (last !== undefined) reached(Math.min(disk.size, (last.unit + 1) * CLUSTER_BYTES));
    }
    const cluster = layout.take(1);
    tables.set(group, cluster);
    await write(table, cluster * CLUSTER_BYTES);
  }
  await writeTables(layout, tables, { size, count: units.count }, write);
  return { fileBytes: layout.used() * CLUSTER_BYTES, data };
}

/** Reads and compresses clusters, several at a time. */
async function* compressed(
  disk: ChainContent,
  units: readonly number[],
  { deflate, signal }: CompressOptions,
): AsyncGenerator<readonly Cluster[], void, undefined> {
  const begun: Promise<readonly Cluster[]>[] = [];
  const begin = (first: number): void => {
    const batch = compressBatch(disk, units.slice(first, first + BATCH), deflate);
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
  deflate: CompressOptions['deflate'],
): Promise<readonly Cluster[]> {
  const bytes = new Uint8Array(units.length * CLUSTER_BYTES);
  const parts = units.map((unit, index) => {
    const part = bytes.subarray(index * CLUSTER_BYTES, (index + 1) * CLUSTER_BYTES);
    return { unit, part };
  });
  for (const { unit, part } of parts) {
    const start = unit * CLUSTER_BYTES;
    const end = Math.min(disk.size, start + CLUSTER_BYTES);
    for await (const segments of disk.segments({ start, end }))
      await readSegments(disk.layers, segments, part, start);
  }
  return Promise.all(
    parts.map(async ({ unit, part }) => {
      if (isZero(part)) return { unit, stored: undefined };
      const smaller = await deflate(part);
      return { unit, stored: smaller.length < CLUSTER_BYTES ? smaller : part };
    }),
  );
}

function isZero(bytes: Uint8Array): boolean {
  const words = new BigUint64Array(bytes.buffer, bytes.byteOffset, bytes.length / 8);
  return words.every((word) => word === 0n);
}

/** Pieces that lie one after the other become one write. */
function joined(
  pieces: readonly { readonly bytes: Uint8Array; readonly offset: number }[],
): readonly { readonly bytes: Uint8Array; readonly offset: number }[] {
  const runs: { readonly parts: Uint8Array[]; readonly offset: number; end: number }[] = [];
  for (const { bytes, offset } of pieces) {
    const last = runs.at(-1);
    if (last?.end === offset) {
      last.parts.push(bytes);
      last.end += bytes.length;
    } else runs.push({ parts: [bytes], offset, end: offset + bytes.length });
  }
  return runs.map(({ parts, offset, end }) => {
    const bytes = new Uint8Array(end - offset);
    let at = 0;
    for (const part of parts) {
      bytes.set(part, at);
      at += part.length;
    }
    return { bytes, offset };
  });
}

/** Writes the L1 table, the refcounts, and the header. */
async function writeTables(
  layout: CompressedLayout,
  tables: ReadonlyMap<number, number>,
  { size, count }: { readonly size: number; readonly count: number },
  write: CompressOptions['write'],
): Promise<void> {
  const l1Entries = Math.max(1, Math.ceil(count / GROUP_UNITS));
  const l1Clusters = Math.ceil((l1Entries * 8) / CLUSTER_BYTES);
  const l1 = layout.take(l1Clusters);
  for (let page = 0; page < l1Clusters; page += 1)
    await write(l1Page(tables, page), (l1 + page) * CLUSTER_BYTES);
  const { refcountTableClusters, refcountBlockCount } = refcountSizes(layout.used());
  const refcountTable = layout.take(refcountTableClusters);
  const refcountBlocks = layout.take(refcountBlockCount);
  const places = { refcountTable, refcountTableClusters, refcountBlocks, refcountBlockCount };
  for (const { start, pages, page } of refcountParts(places, layout.references))
    for (let index = 0; index < pages; index += 1)
      await write(page(index), start + index * CLUSTER_BYTES);
  const header = encodeQcow2Header({
    ...{ size, l1Entries, l1Offset: l1 * CLUSTER_BYTES },
    ...{ refcountTableOffset: refcountTable * CLUSTER_BYTES, refcountTableClusters },
  });
  await write(header, 0);
}
