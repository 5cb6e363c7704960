import { SECTOR_SIZE, bytes as toByteCount, toBytes, type Sectors } from '@ploop/descriptor';

import { encodeHeader, MARK_AT } from '../formats/ploop/encode-header.ts';
import {
  BAT_ENTRY_BYTES,
  BAT_START,
  batEnd,
  bytesInCluster,
  leastFirstBlock,
  type ImageLayout,
} from '../formats/ploop/layout.ts';
import { batPieces, readBat } from '../formats/ploop/table/bat.ts';
import { copyBytes, writeZeros } from './copy-bytes.ts';
import type { ImageTarget } from './image-target.ts';

/** The in-use mark, as bytes of a header. */
export const IN_USE: Uint8Array = new TextEncoder().encode('Ynot');

/** An image that has got its new size, and where its next cluster goes. */
export interface GrownImage {
  readonly layout: ImageLayout;
  /** Byte in the file: the end of its last cluster. */
  readonly end: number;
}

/**
 * Gives an image another size, and a header as the tool writes it, marked as in use. What is in the way of a longer
 * BAT moves to the end of the file. At each moment the image on the disk is whole: a cluster is copied and synced
 * before its entry changes, and the header comes last.
 */
export async function resizeImage(
  target: ImageTarget,
  layout: ImageLayout,
  size: Sectors,
  empty: boolean,
): Promise<GrownImage> {
  const { clusterBytes, clusters, dataStart, version, entryBytes } = layout;
  const blockSize = clusterBytes / SECTOR_SIZE;
  const newClusters = Math.ceil(size / blockSize);
  const newStart = Math.max(dataStart, leastFirstBlock(newClusters, blockSize) * SECTOR_SIZE);
  await clearTail(target, layout, toBytes(size));
  // A file that ends within a cluster is an interrupted extension, except for the last cluster of a disk that ends within one.
  const round = layout.size % clusterBytes === 0 ? Math.floor : Math.ceil;
  let end = Math.max(newStart, round(layout.fileBytes / clusterBytes) * clusterBytes);
  const inTheWay = await clustersBelow(target, layout, newStart);
  for (let at: number = dataStart; at < newStart; at += clusterBytes) {
    const cluster = inTheWay.get(at);
    if (cluster !== undefined) {
      await moveCluster(target, at, end, bytesInCluster(layout, cluster), clusterBytes);
      await target.sync();
      await target.writeAt(entryOf(end / entryBytes), BAT_START + cluster * BAT_ENTRY_BYTES);
      await target.sync();
      end += clusterBytes;
    }
    await writeZeros(target, at, at + clusterBytes);
  }
  // Data that an earlier, longer disk has left beyond its end must not become part of the disk again.
  if (newClusters > clusters)
    await writeZeros(target, batEnd(clusters), Math.min(dataStart, batEnd(newClusters)));
  await target.sync();
  const header = encodeHeader({ version, blockSize, size, empty });
  header.set(IN_USE, MARK_AT);
  new DataView(header.buffer).setUint32(48, newStart / SECTOR_SIZE, true);
  await target.writeAt(header, 0);
  await target.sync();
  return {
    layout: {
      ...layout,
      size: toBytes(size),
      clusters: newClusters,
      dataStart: toByteCount(newStart),
      fileBytes: toByteCount(end),
    },
    end,
  };
}

/**
 * Zeros what the last cluster of a disk has beyond the end of the disk, which a larger one would show. The disk does not
 * reach there yet: whenever this stops, it reads as before.
 */
async function clearTail(target: ImageTarget, layout: ImageLayout, newSize: number): Promise<void> {
  const { size, clusterBytes, entryBytes, clusters } = layout;
  const last = Math.floor(size / clusterBytes);
  if (size % clusterBytes === 0 || newSize <= size || last >= clusters) return;
  const [entry = 0] = await readBat(target, last, 1);
  if (entry === 0) return;
  const at = entry * entryBytes;
  await writeZeros(target, at + bytesInCluster(layout, last), at + clusterBytes);
  await target.sync();
}

/** Copies the `bytes` that a cluster has to a new place, and makes it whole there. */
async function moveCluster(
  target: ImageTarget,
  from: number,
  to: number,
  bytes: number,
  clusterBytes: number,
): Promise<void> {
  await copyBytes(target, from, target, to, bytes);
  await writeZeros(target, to + bytes, to + clusterBytes);
}

/** Virtual clusters by their place in the file, those whose place is below `limit`: at most as many as it has. */
async function clustersBelow(
  target: ImageTarget,
  layout: ImageLayout,
  limit: number,
): Promise<ReadonlyMap<number, number>> {
  const found = new Map<number, number>();
  if (limit <= layout.dataStart) return found;
  for await (const { first, entries } of batPieces(target, layout))
    for (const [index, entry] of entries.entries()) {
      const place = entry * layout.entryBytes;
      if (entry !== 0 && place < limit) found.set(place, first + index);
    }
  return found;
}

function entryOf(value: number): Uint8Array {
  const bytes = new Uint8Array(BAT_ENTRY_BYTES);
  new DataView(bytes.buffer).setUint32(0, value, true);
  return bytes;
}
