import { isRawBase } from '../graph/node.ts';
import type { DiskDescriptor, Image } from '../model.ts';
import type { Release } from '../release.ts';
import { resolveFile } from '../resolve-file.ts';
import { isOwn } from '../serialize.ts';
import type { LoadedDisk } from './load-disk.ts';
import type { LoadedVolume } from './load-volumes.ts';

/** An image of a disk, where it is and what its place makes of it. */
export interface PlacedImage {
  readonly image: Image;
  /** Absolute path. */
  readonly file: string;
  /** Whether it is a bare disk, whatever it begins with. */
  readonly rawBase: boolean;
  /** The descriptor that it is written in: that of the disk, or of a parent volume. */
  readonly owner: DiskDescriptor;
  /** Absent where it is the disk's own. */
  readonly volume: LoadedVolume | undefined;
}

/**
 * The images of a disk in the order of its descriptor, then those of its parent volumes, the nearest first; none where
 * the descriptor cannot be read. `release`: by whose rules the disk's own names are resolved; 1.15 by default, and 9 for
 * a volume.
 */
export function placedImages(
  { descriptor, graph, directory, parents }: LoadedDisk,
  release: Release | undefined = parents === undefined ? undefined : '9',
): readonly PlacedImage[] {
  if (descriptor === undefined || graph === undefined) return [];
  const own = descriptor.images.filter(isOwn).length;
  const volumes = (parents ?? []).flatMap((volume) =>
    (volume.descriptor?.images ?? []).map(() => volume),
  );
  return descriptor.images.map((image, index) => {
    const volume = index < own ? undefined : volumes[index - own];
    const owner = volume?.descriptor ?? descriptor;
    const node = graph.node(image.guid);
    // Of images with the same GUID the first is that of the shot.
    const rawBase = node?.image === image && isRawBase(owner, node);
    return { image, file: resolveFile(directory, image.file, release), rawBase, owner, volume };
  });
}
