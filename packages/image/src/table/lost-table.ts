import { readFully, type ImageSource } from '@ploop/descriptor/internal';

import { extensionClusters, extensionElements } from '../formats/extension.ts';
import type { ImageLayout } from '../formats/layout.ts';
import type { PloopDescription } from '../formats/ploop-description.ts';
import { allocatedPieces } from './bat.ts';
import { createClusterBits, WINDOW_BITS } from './cluster-bits.ts';

const PIECE_BYTES = 65_536;
/** What is read at most: of a longer file the first bytes of each cluster, or of some of them. */
const MOST_BYTES = 1 << 26;
/** Enough of a cluster to meet a boot record, or the superblock behind it. */
const LEAST_BYTES = 4096;

/**
 * How many clusters of a file hold data of the disk although no entry of its block table leads to them. Zeros do not
 * count: software that frees clusters punches holes. Neither do clusters of a format extension, be it one that is in
 * force or what is left of one. Of a long file, some clusters are looked at.
 *
 * @param end - The cluster behind the last one that is looked at.
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
  let data = 0;
  let extensions = 0;
  for (let cluster = 0; cluster < end; cluster += every) {
    if (isUsed(cluster)) continue;
    signal?.throwIfAborted();
    const start = dataStart + cluster * clusterBytes;
    const stated = description.extension?.offset === start ? description.extension : undefined;
    const elements = stated?.elements ?? (await extensionElements(source, description, start));
    if (elements !== undefined) extensions += extensionClusters(elements) - 1;
    else if (await holdsData(source, start, Math.min(start + each, fileBytes))) data += 1;
  }
  return Math.max(0, data - extensions);
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

async function holdsData(source: ImageSource, start: number, end: number): Promise<boolean> {
  const buffer = new Uint8Array(Math.min(PIECE_BYTES, Math.max(0, end - start)));
  for (let at = start; at < end; at += buffer.length) {
    const piece = buffer.subarray(0, Math.min(buffer.length, end - at));
    await readFully(source, piece, at);
    if (piece.some((byte) => byte !== 0)) return true;
  }
  return false;
}
