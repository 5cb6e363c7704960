import type { ImageSource } from '@ploop/descriptor/internal';
import { BAT_PIECE_ENTRIES, readBat, type ImageLayout } from '@ploop/image';
import { nextAllocated } from '@ploop/image/internal';

/** One image of a disk, as far as its space is concerned. */
export interface SpaceLayer {
  readonly source: ImageSource;
  /** Absent where it is raw: it has every cluster then. */
  readonly layout: ImageLayout | undefined;
  /** Virtual clusters, one that is not whole included. */
  readonly clusters: number;
}

/** Virtual clusters that are looked at together. */
export const WINDOW = BAT_PIECE_ENTRIES;

/** The first cluster from `first` to below `end` that an image has; Infinity if it has none of them. */
export async function nextPresent(
  { source }: SpaceLayer,
  first: number,
  end: number,
  signal: AbortSignal | undefined,
): Promise<number> {
  const found = await nextAllocated(source, first, end, signal);
  return found < end ? found : Infinity;
}

/** Which of the clusters from `first` on an image has: 1 each. `place` receives where each is in the file. */
export async function presence(
  { source, layout, clusters }: SpaceLayer,
  first: number,
  place: (at: number) => void,
): Promise<Uint8Array> {
  const present = new Uint8Array(WINDOW);
  const count = Math.min(WINDOW, clusters - first);
  if (count <= 0) return present;
  if (layout === undefined) return present.fill(1, 0, count);
  for (const [index, entry] of (await readBat(source, first, count)).entries()) {
    if (entry === 0) continue;
    present[index] = 1;
    place(entry * layout.entryBytes);
  }
  return present;
}
