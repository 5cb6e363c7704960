import type { ChainContent } from '../chain/open-chain.ts';
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
import { compressedUnits, type CompressOptions } from './compressed-units.ts';

/** What was written. */
interface Compressed {
  /** Bytes of the file. */
  readonly fileBytes: number;
  /** Bytes of the disk that are stored in it. Clusters of zeros are not. */
  readonly data: number;
}

const COPIED = 2 ** 31;

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
    for await (const clusters of compressedUnits(disk, units, group, options)) {
      const pieces: { readonly bytes: Uint8Array; readonly offset: number }[] = [];
      for (const { unit, bytes, deflated } of clusters) {
        if (deflated === undefined) continue;
        const at = (unit % GROUP_UNITS) * 8;
        const isWhole = deflated.length >= CLUSTER_BYTES;
        const offset = isWhole ? layout.take(1) * CLUSTER_BYTES : layout.place(deflated.length);
        if (isWhole) setOffset(view, at, offset / CLUSTER_BYTES, COPIED);
        else {
          const { high, low } = compressedEntry(offset, deflated.length);
          view.setUint32(at, high);
          view.setUint32(at + 4, low);
        }
        data += Math.min(CLUSTER_BYTES, disk.size - unit * CLUSTER_BYTES);
        pieces.push({ bytes: isWhole ? bytes : deflated, offset });
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
