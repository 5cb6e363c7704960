import { diagnostic, type Diagnostic } from '@ploop/descriptor';
import type { ImageSource, Steps } from '@ploop/descriptor/internal';

import { offsetIn, readBytes, viewOf } from '../bytes.ts';
import type { Qcow2Image } from '../read-qcow2.ts';
import { tableFault } from '../table-fault.ts';

/** An L2 table that L1 tables lead to. */
interface L2Table {
  /** How many entries of L1 tables lead to it. */
  readonly times: number;
  /** Whether the entry of the current state says that nothing else leads to it. Absent: only snapshots have it. */
  readonly isActive?: boolean;
  /** The first cluster of the disk that it is about. */
  readonly cluster: number;
}

/** Bytes of a file. */
interface Area {
  readonly offset: number;
  readonly length: number;
}

/** Everything in an image that refers to clusters, except for the entries of its L2 tables. */
export interface Tables {
  readonly clusterBytes: number;
  readonly l2EntryBytes: 8 | 16;
  readonly hasDataFile: boolean;
  /** Tables and other places that are referred to once each. */
  readonly areas: readonly Area[];
  /** By their place in the file. */
  readonly l2Tables: ReadonlyMap<number, L2Table>;
  /** What is wrong with the tables. */
  readonly faults: readonly Diagnostic[];
}

/** More are not looked at: some 80 MiB of memory. */
const MOST_L2_TABLES = 2 ** 20;
/** Bytes of the L1 tables of all snapshots: 1 GiB. */
const MOST_L1_BYTES = 2 ** 30;
/** L1 entries that are read together: 64 KiB. */
const L1_PIECE = 8_192;
const RESERVED_L1 = { high: 0x7f00_0000, low: 0x1ff };

/**
 * Finds the tables of an image.
 *
 * @throws DescriptorError with code `FILE_UNREADABLE`; the reason of `signal`.
 */
export function* findTables(
  source: ImageSource,
  image: Qcow2Image,
  signal: AbortSignal | undefined,
): Steps<Tables> {
  const { header, details, snapshots, extensions } = image;
  const { file } = source;
  const clusterBytes = 2 ** header.clusterBits;
  const l2EntryBytes = details?.extendedL2 === true ? 16 : 8;
  const perTable = clusterBytes / l2EntryBytes;
  const faults: Diagnostic[] = [];
  const report = (table: TableName, reason: string): void => {
    faults.push(diagnostic('TABLE_DAMAGED', { file, table, reason }));
  };
  const areas: Area[] = [
    { offset: 0, length: clusterBytes },
    { offset: Number(header.l1Offset), length: 8 * header.l1Entries },
    {
      offset: Number(header.refcountTableOffset),
      length: header.refcountTableClusters * clusterBytes,
    },
  ];
  if (extensions?.encryption !== undefined) {
    const { offset, bytes } = extensions.encryption;
    areas.push({ offset: Number(offset), length: Number(bytes) });
  }
  const l2Tables = new Map<number, L2Table>();

  function* walk(offset: number, entries: number, isActive: boolean): Steps<void> {
    for (let from = 0; from < entries; from += L1_PIECE) {
      signal?.throwIfAborted();
      const count = Math.min(L1_PIECE, entries - from);
      const view = viewOf(yield* readBytes(source, offset + 8 * from, 8 * count));
      for (let index = 0; index < count; index += 1) {
        const [high, low] = [view.getUint32(8 * index), view.getUint32(8 * index + 4)];
        const place = offsetIn(high, low);
        if ((high & RESERVED_L1.high) !== 0 || (low & RESERVED_L1.low) !== 0)
          report('L1 table', `its entry ${String(from + index)} has reserved bits`);
        if (place === 0) continue;
        const cluster = (from + index) * perTable;
        if (place % clusterBytes !== 0 || place + clusterBytes > source.bytes) {
          faults.push(tableFault(file, 'L2 table', cluster, place, clusterBytes));
          continue;
        }
        const known = l2Tables.get(place);
        if (known === undefined && l2Tables.size >= MOST_L2_TABLES) {
          report(
            'L1 table',
            `it leads to more than ${String(MOST_L2_TABLES)} tables: the others were not looked at`,
          );
          return;
        }
        l2Tables.set(place, {
          times: (known?.times ?? 0) + 1,
          cluster: known?.cluster ?? cluster,
          ...(isActive
            ? { isActive: high >>> 31 === 1 }
            : known?.isActive !== undefined && { isActive: known.isActive }),
        });
      }
    }
  }

  yield* walk(Number(header.l1Offset), header.l1Entries, true);
  if (snapshots !== undefined && header.snapshots > 0) {
    if (snapshots.fault !== undefined) report('snapshot table', snapshots.fault);
    areas.push({ offset: Number(header.snapshotsOffset), length: snapshots.bytes });
    let total = 0;
    for (const { id, l1Offset, l1Entries } of snapshots.entries) {
      const [offset, length] = [Number(l1Offset), 8 * l1Entries];
      total += length;
      if (offset % clusterBytes !== 0 || offset + length > source.bytes || total > MOST_L1_BYTES) {
        report(
          'snapshot table',
          `the L1 table of the snapshot ${JSON.stringify(id)} cannot be where it is, or is too long`,
        );
        continue;
      }
      areas.push({ offset, length });
      yield* walk(offset, l1Entries, false);
    }
  }
  yield* bitmapAreas(source, image, areas, report);
  const hasDataFile = details?.dataFile !== undefined;
  return { clusterBytes, l2EntryBytes, hasDataFile, areas, l2Tables, faults };
}

type TableName = 'L1 table' | 'snapshot table' | 'bitmap directory' | 'bitmap table';

/** Adds what bitmaps take. */
function* bitmapAreas(
  source: ImageSource,
  { header, extensions, bitmaps }: Qcow2Image,
  areas: Area[],
  report: (table: TableName, reason: string) => void,
): Steps<void> {
  const directory = extensions?.bitmaps;
  if (directory === undefined) return;
  const clusterBytes = 2 ** header.clusterBits;
  if (bitmaps === undefined) {
    // Nobody relies on a directory that is out of date.
    if ((header.autoclear & 1n) !== 0n) report('bitmap directory', 'it is damaged');
    return;
  }
  areas.push({ offset: Number(directory.offset), length: Number(directory.bytes) });
  for (const { name, tableOffset, tableEntries } of bitmaps) {
    const [offset, length] = [Number(tableOffset), 8 * tableEntries];
    if (offset % clusterBytes !== 0 || offset + length > source.bytes || length > 2 ** 26) {
      report('bitmap table', `that of the bitmap ${JSON.stringify(name)} cannot be where it is`);
      continue;
    }
    if (length === 0) continue;
    areas.push({ offset, length });
    const view = viewOf(yield* readBytes(source, offset, length));
    for (let at = 0; at < length; at += 8) {
      const place = offsetIn(view.getUint32(at), view.getUint32(at + 4));
      if (place !== 0) areas.push({ offset: place, length: clusterBytes });
    }
  }
}
