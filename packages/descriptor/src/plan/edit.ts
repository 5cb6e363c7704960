import { sameGuid, type Guid } from '../guid.ts';
import type { SnapshotNode } from '../graph/node.ts';
import type { DiskDescriptor, Image, Shot } from '../model.ts';

interface Named {
  readonly guid: Guid;
}

const without = <Item extends Named>(items: readonly Item[], guid: Guid): readonly Item[] =>
  items.filter((item) => !sameGuid(item.guid, guid));

const changed = <Item extends Named>(
  items: readonly Item[],
  guid: Guid,
  change: (item: Item) => Item,
): readonly Item[] => items.map((item) => (sameGuid(item.guid, guid) ? change(item) : item));

/** A descriptor without a shot and its image. */
export function withoutNode(descriptor: DiskDescriptor, guid: Guid): DiskDescriptor {
  const { images, shots } = descriptor;
  return { ...descriptor, images: without(images, guid), shots: without(shots, guid) };
}

/** A descriptor with one more shot and its image, at the end of the lists. */
export function withNode(descriptor: DiskDescriptor, image: Image, shot: Shot): DiskDescriptor {
  const { images, shots } = descriptor;
  return { ...descriptor, images: [...images, image], shots: [...shots, shot] };
}

/** A descriptor in which a shot has another GUID, and its children know. */
export function withGuid(descriptor: DiskDescriptor, from: Guid, to: Guid): DiskDescriptor {
  const { images, shots } = descriptor;
  return {
    ...descriptor,
    images: changed(images, from, (image) => ({ ...image, guid: to })),
    shots: shots.map((shot) => ({
      ...shot,
      guid: sameGuid(shot.guid, from) ? to : shot.guid,
      parentGuid: sameGuid(shot.parentGuid, from) ? to : shot.parentGuid,
    })),
  };
}

/** A descriptor in which a shot is marked temporary. */
export function withTemporary(descriptor: DiskDescriptor, guid: Guid): DiskDescriptor {
  const shots = changed(descriptor.shots, guid, (shot) => ({ ...shot, temporary: true }));
  return { ...descriptor, shots };
}

/** A descriptor in which an image is in another file. */
export function withFile(descriptor: DiskDescriptor, guid: Guid, file: string): DiskDescriptor {
  const images = changed(descriptor.images, guid, (image) => ({ ...image, file }));
  return { ...descriptor, images };
}

/**
 * A descriptor in which a shot has been merged into its parent: the upper GUID, in the given spelling, with the file
 * and the parent of the lower one, in the place that either had in the lists.
 */
export function withMerged(
  descriptor: DiskDescriptor,
  upper: SnapshotNode,
  lower: SnapshotNode,
  { guid, place }: { readonly guid: Guid; readonly place: 'lower' | 'upper' },
): DiskDescriptor {
  const [kept, gone] = place === 'lower' ? [lower, upper] : [upper, lower];
  const { parentGuid } = lower;
  const { temporary } = upper;
  const { images, shots } = withoutNode(descriptor, gone.guid);
  return {
    ...descriptor,
    images: changed(images, kept.guid, (image) => ({
      ...image,
      guid: place === 'lower' ? guid : image.guid,
      file: lower.image?.file ?? image.file,
    })),
    shots: changed(shots, kept.guid, (shot) => ({
      guid: place === 'lower' ? guid : shot.guid,
      parentGuid,
      temporary,
    })),
  };
}
