import type { Bytes } from '@ploop/descriptor';
import type { ImageSource } from '@ploop/descriptor/internal';

import type { Decode } from '../image-segment.ts';

/** Where the clusters of a qcow2 image, or of a snapshot inside it, are. */
export interface Qcow2Layout {
  readonly version: number;
  readonly clusterBytes: Bytes;
  /** Virtual size. */
  readonly size: Bytes;
  readonly l1Offset: number;
  readonly l1Entries: number;
  /** Entries of an L2 table. */
  readonly l2Entries: number;
  /** Bytes of an entry of an L2 table: 16 if clusters have parts. */
  readonly l2EntryBytes: 8 | 16;
  /** The external data file that holds the clusters, if there is one. */
  readonly dataFile?: ImageSource;
  /** Size of the file. */
  readonly fileBytes: Bytes;
}

/** Parts of a cluster that are allocated one by one, in images with extended L2 entries. */
export const SUBCLUSTERS = 32;

/** An L1 or L2 entry, or a reference in another table, by its two words. */
export interface Entry {
  readonly high: number;
  readonly low: number;
}

/** Where a compressed cluster is. */
export interface CompressedPlace {
  readonly offset: number;
  /** Bytes up to the end of its last sector. */
  readonly length: number;
}

/** Whether an L2 entry is that of a compressed cluster. */
export function isCompressed({ high }: Entry): boolean {
  return (high & 0x4000_0000) !== 0;
}

/** Where the entry of a compressed cluster leads. Offsets beyond 2^53 are not exact: no file has so many bytes. */
export function compressedPlace({ high, low }: Entry, clusterBytes: number): CompressedPlace {
  const shift = 38 - Math.log2(clusterBytes);
  const descriptor = high & 0x3fff_ffff;
  const offset = (descriptor & (2 ** shift - 1)) * 2 ** 32 + low;
  const sectors = (descriptor >>> shift) + 1;
  return { offset, length: sectors * 512 - (offset % 512) };
}

/** An image whose tables are asked. */
export interface MappedQcow2 {
  /** Its tables are read from here. */
  readonly source: ImageSource;
  readonly layout: Qcow2Layout;
  readonly decodeAt: (place: CompressedPlace, start: number) => Decode;
  /** Whether a table that cannot be read makes its range damaged, instead of ending the look. */
  readonly tolerant: boolean;
}
