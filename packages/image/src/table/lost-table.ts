import { readFully, type ImageSource } from '@ploop/descriptor/internal';

import { extensionClusters, extensionElements } from '../formats/extension.ts';
import type { ImageLayout } from '../formats/layout.ts';
import type { PloopDescription } from '../formats/ploop-header.ts';

const PIECE_BYTES = 65_536;
/** What is read at most: of a longer file the first bytes of each cluster, or of some of them. */
const MOST_BYTES = 1 << 26;
/** Enough of a cluster to meet a boot record, or the superblock behind it. */
const LEAST_BYTES = 4096;

/**
 * Whether clusters of a file whose block table is all zeros hold data of a disk. Zeros do not count: software that frees
 * clusters punches holes. Neither do clusters of a format extension, be it one that is in force or what is left of one.
 *
 * @throws DescriptorError with code `FILE_UNREADABLE`; the reason of `signal`.
 */
export async function isTableLost(
  source: ImageSource,
  description: PloopDescription,
  { clusterBytes, dataStart, fileBytes }: ImageLayout,
  signal: AbortSignal | undefined,
): Promise<boolean> {
  const clusters = Math.max(0, Math.ceil((fileBytes - dataStart) / clusterBytes));
  const each = Math.max(LEAST_BYTES, Math.min(clusterBytes, Math.floor(MOST_BYTES / clusters)));
  const every = Math.max(1, Math.ceil((clusters * each) / MOST_BYTES));
  let data = 0;
  let extensions = 0;
  for (let cluster = 0; cluster < clusters; cluster += every) {
    signal?.throwIfAborted();
    const start = dataStart + cluster * clusterBytes;
    const stated = description.extension?.offset === start ? description.extension : undefined;
    const elements = stated?.elements ?? (await extensionElements(source, description, start));
    if (elements !== undefined) extensions += extensionClusters(elements) - 1;
    else if (await holdsData(source, start, Math.min(start + each, fileBytes))) data += 1;
  }
  return data > extensions;
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
