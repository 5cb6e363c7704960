import { readFully, runAsync, type ImageSource } from '@ploop/descriptor/internal';

import { extensionClusters, extensionElements } from '../extension/extension.ts';
import type { ImageLayout } from '../layout.ts';
import type { PloopDescription } from '../ploop-description.ts';
import { allocatedPieces } from './bat.ts';
import { createClusterBits, WINDOW_BITS } from '../../cluster-bits.ts';

const PIECE_BYTES = 65_536;
/** What is read at most: of a longer file the first bytes of each cluster, or of some of them. */
const MOST_BYTES = 1 << 26;
/** Enough of a cluster to include a boot record and the superblock after it. */
const LEAST_BYTES = 4096;
/** Clusters that are looked at together: a short read waits longer for its thread than for its bytes. */
const TOGETHER = 16;

/**
 * How many clusters of a file hold data of the disk although no entry of its block table leads to them. Zeros do not
 * count: software that frees clusters punches holes. Neither do clusters of a format extension, be it one that is in
 * force or what is left of one. Of a long file, some clusters are looked at.
 *
 * @param end - The first cluster that is not read.
 * @throws DescriptorError with code `FILE_UNREADABLE`; the reason of `signal`.
 */
async function clustersLost(
  source: ImageSource,
  description: PloopDescription,
  { clusterBytes, dataStart, fileBytes }: ImageLayout,
  { isUsed, end }: { readonly isUsed: (cluster: number) => boolean; readonly end: number },
  signal: AbortSignal | undefined,
): Promise<number> {
  const each = Math.max(LEAST_BYTES, Math.min(clusterBytes, Math.floor(MOST_BYTES / end)));
  const every = Math.max(1, Math.ceil((end * each) / MOST_BYTES));
  const look = async (cluster: number, buffer: Uint8Array): Promise<number> => {
    const start = dataStart + cluster * clusterBytes;
    const { extension } = description;
    const stated = extension?.offset === start ? extension.elements : undefined;
    // An extension begins with its signature: only what is not zero can be one.
    const isData =
      stated === undefined &&
      (await holdsData(source, start, Math.min(start + each, fileBytes), buffer));
    const elements = isData
      ? await runAsync(extensionElements(source, description, start))
      : stated;
    return elements === undefined ? Number(isData) : 1 - extensionClusters(elements);
  };
  const pieceBytes = Math.min(PIECE_BYTES, each);
  const buffers = Array.from({ length: TOGETHER }, () => new Uint8Array(pieceBytes));
  let data = 0;
  for (let first = 0; first < end; first += every * TOGETHER) {
    signal?.throwIfAborted();
    const looks = buffers.flatMap((buffer, index) => {
      const cluster = first + index * every;
      return cluster < end && !isUsed(cluster) ? [look(cluster, buffer)] : [];
    });
    // The buffers belong to the reads until the last of them has settled.
    for (const result of await Promise.allSettled(looks)) {
      if (result.status === 'rejected') throw result.reason;
      data += result.value;
    }
  }
  return Math.max(0, data);
}

/**
 * Whether clusters of a file whose block table is all zeros hold data of a disk.
 *
 * @throws DescriptorError with code `FILE_UNREADABLE`; the reason of `signal`.
 */
export async function isTableLost(
  source: ImageSource,
  description: PloopDescription,
  layout: ImageLayout,
  signal: AbortSignal | undefined,
): Promise<boolean> {
  const { clusterBytes, dataStart, fileBytes } = layout;
  const end = Math.max(0, Math.ceil((fileBytes - dataStart) / clusterBytes));
  const all = { isUsed: () => false, end };
  return (await clustersLost(source, description, layout, all, signal)) > 0;
}

/**
 * How many clusters hold data that entries may have led to which are zeros now. While an image is in use, the last ones
 * of the file may be waiting for their entry. 0 for files of more clusters than bits are kept for.
 *
 * @param survey - What the table makes of the clusters.
 * @throws DescriptorError with code `FILE_UNREADABLE`; the reason of `signal`.
 */
export async function entriesLost(
  source: ImageSource,
  description: PloopDescription,
  layout: ImageLayout,
  survey: { readonly data: number; readonly lastUsed: number },
  signal: AbortSignal | undefined,
): Promise<number> {
  const { clusterBytes, dataStart, entryBytes } = layout;
  const end = description.mark.state === 'in-use' ? survey.lastUsed : survey.data;
  if (end === 0 || end > WINDOW_BITS) return 0;
  const used = createClusterBits(0, end);
  for await (const { entries } of allocatedPieces(source, layout, signal))
    for (const entry of entries)
      if (entry !== 0) used.add((entry * entryBytes - dataStart) / clusterBytes);
  const places = { isUsed: used.has, end };
  return clustersLost(source, description, layout, places, signal);
}

async function holdsData(
  source: ImageSource,
  start: number,
  end: number,
  buffer: Uint8Array,
): Promise<boolean> {
  for (let at = start; at < end; at += buffer.length) {
    const piece = buffer.subarray(0, Math.min(buffer.length, end - at));
    await readFully(source, piece, at);
    if (!isZero(piece)) return true;
  }
  return false;
}

/** A loop: a callback for each byte takes longer than the read. */
function isZero(bytes: Uint8Array): boolean {
  let index = 0;
  while (index < bytes.length && bytes[index] === 0) index += 1;
  return index === bytes.length;
}
