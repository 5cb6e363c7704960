import { diagnostic, type Diagnostic } from '@ploop/descriptor';
import { readFully, type ImageSource } from '@ploop/descriptor/internal';
import { batPieces, type ImageLayout } from '@ploop/image';

/** Clusters that are compared at most: the first ones, and as many as the rest is evenly divided by. */
const MOST_COMPARED = 64;

/** An image that is open, and where its clusters are. */
export interface OpenTable {
  readonly source: ImageSource;
  readonly layout: ImageLayout;
}

/**
 * The finding about an image without a block table whose clusters are copies of what an image above it has, in the
 * order of the disk: that is what a merge into an empty image leaves before it writes the entries. `undefined` if they
 * are not.
 *
 * @throws DescriptorError with code `FILE_UNREADABLE`; the reason of `signal`.
 */
export async function interruptedMerge(
  lower: OpenTable,
  upper: OpenTable,
  signal: AbortSignal | undefined,
): Promise<Diagnostic | undefined> {
  const { clusterBytes, dataStart, fileBytes } = lower.layout;
  if (upper.layout.clusterBytes !== clusterBytes) return undefined;
  // The last cluster may be written in part.
  const clusters = Math.floor((fileBytes - dataStart) / clusterBytes);
  if (clusters < 1 || !(await areCopies({ lower, upper }, clusters, signal))) return undefined;
  return diagnostic('MERGE_INTERRUPTED', {
    ...{ file: lower.source.file, from: upper.source.file },
    clusters,
  });
}

async function areCopies(
  { lower, upper }: { readonly lower: OpenTable; readonly upper: OpenTable },
  clusters: number,
  signal: AbortSignal | undefined,
): Promise<boolean> {
  const { clusterBytes, dataStart } = lower.layout;
  const every = Math.max(1, Math.floor(clusters / MOST_COMPARED));
  let index = 0;
  for await (const { entries } of batPieces(upper.source, upper.layout))
    for (const entry of entries) {
      if (entry === 0) continue;
      if (index >= clusters) return true;
      if (index < MOST_COMPARED || index % every === 0) {
        signal?.throwIfAborted();
        const copy = await clusterAt(lower.source, dataStart + index * clusterBytes, clusterBytes);
        const own = await clusterAt(upper.source, entry * upper.layout.entryBytes, clusterBytes);
        if (Buffer.compare(copy, own) !== 0) return false;
      }
      index += 1;
    }
  return index >= clusters;
}

async function clusterAt(source: ImageSource, at: number, length: number): Promise<Uint8Array> {
  const bytes = new Uint8Array(length);
  await readFully(source, bytes, at);
  return bytes;
}
