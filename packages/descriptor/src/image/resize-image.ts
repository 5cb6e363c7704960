import { batPieces } from './bat.ts';
import { copyBytes, writeZeros } from './copy-bytes.ts';
import { encodeHeader, MARK_AT } from './encode-header.ts';
import type { ImageTarget } from './image-target.ts';
import { BAT_ENTRY_BYTES, BAT_START, batEnd, leastFirstBlock, type ImageLayout } from './layout.ts';
import { SECTOR_SIZE, bytes as toByteCount, type Sectors } from '../units.ts';

/** The in-use mark, as bytes of a header. */
export const IN_USE: Uint8Array = new TextEncoder().encode('Ynot');

/** An image that has got its new size, and where its next cluster goes. */
export interface GrownImage {
  readonly layout: ImageLayout;
  /** Byte in the file: the end of its last whole cluster. */
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
  const newClusters = size / blockSize;
  const newStart = Math.max(dataStart, leastFirstBlock(newClusters, blockSize) * SECTOR_SIZE);
  let end = Math.max(newStart, Math.floor(layout.fileBytes / clusterBytes) * clusterBytes);
  const inTheWay = await clustersBelow(target, layout, newStart);
  for (let at: number = dataStart; at < newStart; at += clusterBytes) {
    const cluster = inTheWay.get(at);
    if (cluster !== undefined) {
      await copyBytes(target, at, target, end, clusterBytes);
      await target.sync();
      await target.writeAt(entryOf(end / entryBytes), BAT_START + cluster * BAT_ENTRY_BYTES);
      await target.sync();
      end += clusterBytes;
    }
    await writeZeros(target, at, at + clusterBytes);
  }
  // What an earlier, longer disk has left behind its end must not become part of the disk again.
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
      clusters: newClusters,
      dataStart: toByteCount(newStart),
      fileBytes: toByteCount(end),
    },
    end,
  };
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
