import type { ImagePlan, ImageWriter, TablePart, WrittenDisk } from '../../image-writer.ts';
import { wholePart } from '../../image-writer.ts';
import { GROUP_UNITS, ZEROS, type UnitMap } from '../../unit-map.ts';
import { viewOf } from '../bytes.ts';
import { encodeQcow2Header } from './encode-header.ts';

/** Bytes of a cluster: what QEMU makes by default. */
export const CLUSTER_BYTES = 2 ** 16;
/** Entries of a refcount block, of 16 bits each. */
const BLOCK_ENTRIES = CLUSTER_BYTES / 2;
/** QEMU opens images whose L1 table has at most 32 MiB, and a refcount table of at most 8 MiB. */
const MOST_BYTES = 2 ** 50;
/** On entries that lead to a cluster with a reference count of 1. */
const COPIED = 2 ** 31;
const READS_AS_ZEROS = 1;

/** How many clusters an image has, and where its tables are. In clusters. */
export interface Qcow2Places {
  readonly refcountTable: number;
  readonly refcountTableClusters: number;
  readonly refcountBlocks: number;
  readonly refcountBlockCount: number;
  readonly l1: number;
  readonly l1Entries: number;
  readonly l2: number;
  readonly data: number;
  readonly all: number;
}

/** qcow2, version 3: clusters of 64 KiB, refcounts of 16 bits, no further features. */
export const QCOW2_WRITER: ImageWriter = {
  unitBytes: CLUSTER_BYTES,
  mostBytes: MOST_BYTES,
  plan: planQcow2,
};

function planQcow2({ size, units, backing }: WrittenDisk): ImagePlan {
  const l1Entries = Math.max(1, Math.ceil(units.count / GROUP_UNITS));
  const places = placesOf(l1Entries, units.groups.length, units.stored);
  const cluster = (number: number): number => number * CLUSTER_BYTES;
  const header = encodeQcow2Header({
    ...{ size, l1Entries, l1Offset: cluster(places.l1) },
    refcountTableOffset: cluster(places.refcountTable),
    refcountTableClusters: places.refcountTableClusters,
    ...(backing && { backing }),
  });
  return {
    bytes: cluster(places.all),
    dataStart: cluster(places.data),
    tables: [
      wholePart(0, header),
      ...refcountParts(places, (number) => (number < places.all ? 1 : 0)),
      l1Part(places, units.groups),
      l2Part(places, units),
    ],
  };
}

/** How many clusters the refcounts take of an image that has so many `others`; they count themselves, too. */
export function refcountSizes(
  others: number,
): Pick<Qcow2Places, 'refcountTableClusters' | 'refcountBlockCount'> {
  let [tables, blocks] = [1, 1];
  for (;;) {
    const nextBlocks = Math.ceil((others + tables + blocks) / BLOCK_ENTRIES);
    const nextTables = Math.ceil((nextBlocks * 8) / CLUSTER_BYTES);
    if (nextBlocks === blocks && nextTables === tables)
      return { refcountTableClusters: tables, refcountBlockCount: blocks };
    [tables, blocks] = [nextTables, nextBlocks];
  }
}

function placesOf(l1Entries: number, l2Tables: number, dataClusters: number): Qcow2Places {
  const l1Clusters = Math.ceil((l1Entries * 8) / CLUSTER_BYTES);
  const sizes = refcountSizes(1 + l1Clusters + l2Tables + dataClusters);
  const refcountBlocks = 1 + sizes.refcountTableClusters;
  const l1 = refcountBlocks + sizes.refcountBlockCount;
  const l2 = l1 + l1Clusters;
  const data = l2 + l2Tables;
  return {
    ...{ refcountTable: 1, ...sizes, refcountBlocks },
    ...{ l1, l1Entries, l2, data, all: data + dataClusters },
  };
}

/** The refcount table and its blocks. `references`: how many a cluster of the file has. */
export function refcountParts(
  {
    refcountTable,
    refcountTableClusters,
    refcountBlocks,
    refcountBlockCount,
  }: Pick<
    Qcow2Places,
    'refcountTable' | 'refcountTableClusters' | 'refcountBlocks' | 'refcountBlockCount'
  >,
  references: (cluster: number) => number,
): readonly TablePart[] {
  const entries = CLUSTER_BYTES / 8;
  return [
    {
      ...{ start: refcountTable * CLUSTER_BYTES, pageBytes: CLUSTER_BYTES },
      pages: refcountTableClusters,
      page: (index) =>
        pageOf((view) => {
          const end = Math.min(refcountBlockCount, (index + 1) * entries);
          for (let block = index * entries; block < end; block += 1)
            setOffset(view, (block % entries) * 8, refcountBlocks + block, 0);
        }),
    },
    {
      ...{ start: refcountBlocks * CLUSTER_BYTES, pageBytes: CLUSTER_BYTES },
      pages: refcountBlockCount,
      page: (index) =>
        pageOf((view) => {
          const first = index * BLOCK_ENTRIES;
          for (let entry = 0; entry < BLOCK_ENTRIES; entry += 1)
            view.setUint16(entry * 2, references(first + entry));
        }),
    },
  ];
}

/** The L2 tables that exist lie one after the other. */
function l1Part({ l1, l1Entries, l2 }: Qcow2Places, groups: readonly number[]): TablePart {
  const tables = new Map(groups.map((group, index) => [group, l2 + index]));
  return {
    ...{ start: l1 * CLUSTER_BYTES, pageBytes: CLUSTER_BYTES },
    pages: Math.ceil((l1Entries * 8) / CLUSTER_BYTES),
    page: (index) => l1Page(tables, index),
  };
}

/** A cluster of the L1 table. `tables`: by L1 entry, the cluster of its L2 table. */
export function l1Page(tables: ReadonlyMap<number, number>, index: number): Uint8Array {
  const entries = CLUSTER_BYTES / 8;
  return pageOf((view) => {
    for (const [entry, cluster] of tables)
      if (Math.floor(entry / entries) === index)
        setOffset(view, (entry % entries) * 8, cluster, COPIED);
  });
}

function l2Part({ l2, data }: Qcow2Places, units: UnitMap): TablePart {
  return {
    ...{ start: l2 * CLUSTER_BYTES, pageBytes: CLUSTER_BYTES, pages: units.groups.length },
    page: (index) =>
      pageOf((view) => {
        for (const [entry, place] of units.places(units.groups[index] ?? 0).entries())
          if (place >= 0) setOffset(view, entry * 8, data + place, COPIED);
          else if (place === ZEROS) view.setUint32(entry * 8 + 4, READS_AS_ZEROS);
      }),
  };
}

function pageOf(fill: (view: DataView) => void): Uint8Array {
  const bytes = new Uint8Array(CLUSTER_BYTES);
  fill(viewOf(bytes));
  return bytes;
}

/** An entry that leads to a cluster; `flags` are those of its upper half. */
export function setOffset(view: DataView, at: number, cluster: number, flags: number): void {
  const offset = cluster * CLUSTER_BYTES;
  view.setUint32(at, Math.floor(offset / 2 ** 32) + flags);
  view.setUint32(at + 4, offset % 2 ** 32);
}
