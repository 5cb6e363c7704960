import { CLUSTER_BYTES } from './qcow2-writer.ts';

/** The two words of an L2 entry. */
export interface NewEntry {
  readonly high: number;
  readonly low: number;
}

/** Where the clusters of an image go whose data are compressed, and how often each cluster of the file is used. */
export interface CompressedLayout {
  /** Finds room for a compressed cluster of so many bytes, fewer than a cluster. Returns the byte of the file. */
  readonly place: (bytes: number) => number;
  /** Takes whole clusters in a row. Returns the first. */
  readonly take: (count: number) => number;
  /** Clusters of the file. */
  readonly used: () => number;
  /** References to a cluster of the file. */
  readonly references: (cluster: number) => number;
}

const SECTOR = 512;
const FIRST_COUNTS = 4096;

/** A layout that has the header alone. */
export function createCompressedLayout(): CompressedLayout {
  let counts = new Uint16Array(FIRST_COUNTS);
  let used = 0;
  /** Room in the last cluster that has compressed data. */
  let room = { start: 0, end: 0 };
  const count = (cluster: number): void => {
    if (cluster >= counts.length) {
      const larger = new Uint16Array(counts.length * 2);
      larger.set(counts);
      counts = larger;
    }
    counts[cluster] = (counts[cluster] ?? 0) + 1;
  };
  const take = (clusters: number): number => {
    const first = used;
    used += clusters;
    for (let cluster = first; cluster < used; cluster += 1) count(cluster);
    return first;
  };
  const place = (bytes: number): number => {
    if (room.start + bytes > room.end) {
      // Compressed data may go on in the next cluster, if that is free.
      const goesOn = room.end === used * CLUSTER_BYTES && room.start < room.end;
      const start = goesOn ? room.start : used * CLUSTER_BYTES;
      used += 1;
      room = { start, end: used * CLUSTER_BYTES };
    }
    const offset = room.start;
    room = { start: offset + bytes, end: room.end };
    const last = Math.floor((room.start - 1) / CLUSTER_BYTES);
    for (let cluster = Math.floor(offset / CLUSTER_BYTES); cluster <= last; cluster += 1)
      count(cluster);
    return offset;
  };
  take(1);
  return { place, take, used: () => used, references: (cluster) => counts[cluster] ?? 0 };
}

/** The L2 entry of a compressed cluster. */
export function compressedEntry(offset: number, bytes: number): NewEntry {
  const sectors = Math.floor((offset + bytes - 1) / SECTOR) - Math.floor(offset / SECTOR);
  const high = 0x4000_0000 + sectors * 2 ** 22 + Math.floor(offset / 2 ** 32);
  return { high, low: offset % 2 ** 32 };
}
