import { isRawBase } from '../graph/node.ts';
import { sameGuid } from '../guid.ts';
import type { DiskDescriptor, Image } from '../model.ts';

/** Whether an image is the bare disk at the base of a raw one: it has no header, which some operations look for. */
export function isBareDisk(descriptor: DiskDescriptor, { guid }: Image): boolean {
  const shot = descriptor.shots.find((one) => sameGuid(one.guid, guid));
  return shot !== undefined && isRawBase(descriptor, shot);
}
