import { diagnostic, type Diagnostic } from '@ploop/descriptor';
import { readFully, type ImageSource } from '@ploop/descriptor/internal';
import type { Confinement } from '@ploop/descriptor/node';
import { batPieces, type ImageLayout } from '@ploop/image';

import { openNamedImage } from '../disk/open-image.ts';
import type { PlacedImage } from '../disk/placed-images.ts';

/** Clusters that are compared at most: the first ones, and as many as the rest is evenly divided by. */
const MOST_COMPARED = 64;

/** An image of a disk and where its clusters are. */
interface Placed {
  readonly placed: PlacedImage;
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
  lower: Placed,
  children: readonly Placed[],
  confinement: Confinement,
  signal: AbortSignal | undefined,
): Promise<Diagnostic | undefined> {
  const { clusterBytes, dataStart, fileBytes } = lower.layout;
  // The last cluster may be written in part.
  const clusters = Math.floor((fileBytes - dataStart) / clusterBytes);
  if (clusters < 1) return undefined;
  const below = await openNamedImage(lower.placed, confinement);
  try {
    for (const child of children.filter(({ layout }) => layout.clusterBytes === clusterBytes)) {
      const above = await openNamedImage(child.placed, confinement);
      try {
        const sides = {
          lower: { source: below, layout: lower.layout },
          upper: { source: above, layout: child.layout },
        };
        if (!(await areCopies(sides, clusters, signal))) continue;
        const [file, from] = [lower.placed.file, child.placed.file];
        return diagnostic('MERGE_INTERRUPTED', { file, from, clusters });
      } finally {
        await above.close();
      }
    }
    return undefined;
  } finally {
    await below.close();
  }
}

interface Side {
  readonly source: ImageSource;
  readonly layout: ImageLayout;
}

async function areCopies(
  { lower, upper }: { readonly lower: Side; readonly upper: Side },
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
