import { SECTOR_SIZE, type Bytes } from '@ploop/descriptor';

/** Where the clusters of a ploop image are. */
export interface ImageLayout {
  readonly version: 1 | 2;
  readonly clusterBytes: Bytes;
  /** Virtual size. The last cluster of the disk may not be whole. */
  readonly size: Bytes;
  /** Entries of the BAT that belong to clusters of the disk, be the last one whole or not. */
  readonly clusters: number;
  /** What an entry of the BAT counts: sectors in version 1, clusters in version 2. */
  readonly entryBytes: Bytes;
  /** Where the data begin in the file. */
  readonly dataStart: Bytes;
  /**
   * Where clusters can be in the file: this many bytes after a multiple of the cluster size. 0 in all images that the
   * tool takes. Absent in one whose header does not say where the data begin: clusters can be at any sector.
   */
  readonly grid?: Bytes;
  /** Size of the file. */
  readonly fileBytes: Bytes;
}

/** Byte at which the BAT begins. */
export const BAT_START = 64;
/** Largest cluster that QEMU reads, in sectors: almost 2 GiB. The limits of the tool are narrower. */
export const MOST_CLUSTER_SECTORS = 4_186_128;
/** Bytes of an entry of the BAT. */
export const BAT_ENTRY_BYTES = 4;

/** Bytes of the disk in its cluster number `cluster`: fewer than a cluster only at the end of the disk. */
export function bytesInCluster({ size, clusterBytes }: ImageLayout, cluster: number): number {
  return Math.min(clusterBytes, Math.max(0, size - cluster * clusterBytes));
}

/** Bytes from the beginning of an image to the end of a BAT of `clusters` entries. */
export function batEnd(clusters: number): number {
  return BAT_START + BAT_ENTRY_BYTES * clusters;
}

/** Where data can begin at the earliest, in sectors: after the BAT, at a whole cluster. */
export function leastFirstBlock(clusters: number, blockSize: number): number {
  const clusterBytes = blockSize * SECTOR_SIZE;
  return Math.ceil(batEnd(clusters) / clusterBytes) * blockSize;
}
