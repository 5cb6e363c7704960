import { isRawBase } from '../graph/node.ts';
import type { Image } from '../model.ts';
import { resolveFile } from '../resolve-file.ts';
import type { LoadedDescriptor } from './load-descriptor.ts';

/** An image of a disk, where it is and what its place makes of it. */
export interface PlacedImage {
  readonly image: Image;
  /** Absolute path. */
  readonly file: string;
  /** Whether it is a bare disk, whatever it begins with. */
  readonly rawBase: boolean;
}

/** The images of a disk in the order of its descriptor; none where that cannot be read. */
export function placedImages({
  descriptor,
  graph,
  directory,
}: LoadedDescriptor): readonly PlacedImage[] {
  if (descriptor === undefined || graph === undefined) return [];
  return descriptor.images.map((image) => {
    const node = graph.node(image.guid);
    // Of images with the same GUID the first is that of the shot.
    const rawBase = node?.image === image && isRawBase(descriptor, node);
    return { image, file: resolveFile(directory, image.file), rawBase };
  });
}
