import { sameGuid, TOP_GUID } from '../guid.ts';
import type { DiskDescriptor } from '../model.ts';
import type { PlanRelease } from '../release.ts';
import { withGuid } from './edit.ts';

const ROOTS: Readonly<Record<PlanRelease, string>> = {
  '1.12': 'Parallels_disk_image',
  '1.15': 'Parallels_disk_image',
  '7': 'Virtuozzo_disk_image',
  '9': 'Virtuozzo_disk_image',
};

/** Whether the top has a GUID of its own, as old releases gave it. */
export function isOldFormat({ topGuid }: DiskDescriptor): boolean {
  return topGuid !== undefined && !sameGuid(topGuid, TOP_GUID);
}

/** Whether a descriptor in the old format cannot be stored: its top must get a GUID that is in use. */
export function isTopGuidTaken(descriptor: DiskDescriptor): boolean {
  const { images, shots } = descriptor;
  const taken = ({ guid }: { readonly guid: string }): boolean => sameGuid(guid, TOP_GUID);
  return isOldFormat(descriptor) && (images.some(taken) || shots.some(taken));
}

/** What becomes of a descriptor when the tool writes it. */
export function stored(
  descriptor: DiskDescriptor,
  release: PlanRelease,
  directory: string | undefined,
): DiskDescriptor {
  const { images, ...rest } = converted(descriptor);
  const type = descriptor.mode === 'raw' ? 'Plain' : 'Compressed';
  return {
    ...rest,
    root: ROOTS[release],
    images: images.map((image) => ({ ...image, type, file: relativeTo(directory, image.file) })),
  };
}

function converted(descriptor: DiskDescriptor): DiskDescriptor {
  const { topGuid } = descriptor;
  if (topGuid === undefined || !isOldFormat(descriptor)) return descriptor;
  return { ...withGuid(descriptor, topGuid, TOP_GUID), topGuid: TOP_GUID };
}

/** A name within the directory of the descriptor becomes relative; any other stays as it is. */
export function relativeTo(directory: string | undefined, file: string): string {
  const prefix = directory === undefined || directory.endsWith('/') ? directory : `${directory}/`;
  return prefix !== undefined && file.startsWith(prefix) ? file.slice(prefix.length) : file;
}
