import { guidKey, isBase, sameGuid, type Diagnostic, type Guid } from '@ploop/descriptor';
import { compareImages, comparePlace, compareRange, compareSize } from '@ploop/image/internal';

import { ofVolume } from '../disk/load-disk.ts';
import type { PlacedImage } from '../disk/placed-images.ts';
import { withCutBase } from '../disk/cut-base.ts';
import type { CheckedImage } from './checked-image.ts';

/** An image, and what shows that a bare disk was longer, if that was looked at. */
export type ComparedImage = Pick<CheckedImage, 'placed' | 'check'> &
  Partial<Pick<CheckedImage, 'cut'>>;

/** What does not fit between the images, and between each and its descriptor. */
export function betweenImages(
  checks: readonly ComparedImage[],
): ReadonlyMap<PlacedImage, readonly Diagnostic[]> {
  const keyOf = (storage: number, guid: Guid): string => `${String(storage)} ${guidKey(guid)}`;
  const byShot = new Map(
    checks.flatMap((checked) => {
      const { node, storage } = checked.placed;
      return node === undefined ? [] : [[keyOf(storage, node.guid), checked] as const];
    }),
  );
  const found = new Map<PlacedImage, readonly Diagnostic[]>();
  for (const { check, placed } of checks) {
    const { node, storage, stated, volume } = placed;
    if (node === undefined) continue;
    const parent = isBase(node) ? undefined : byShot.get(keyOf(storage, node.parentGuid));
    // The table of partitions in the first part of a split disk is about all of them.
    const cut = stated.isPart === true ? undefined : parent?.cut;
    const findings = [
      ...comparePlace(check, isBase(node), stated),
      ...withCutBase(compareImages(parent?.check, check), cut),
    ];
    found.set(placed, ofVolume(volume, findings));
  }
  return found;
}

/** Whether the top of the disk, and that of each parent volume, has the size that its descriptor states. */
export function compareTops(checks: readonly ComparedImage[]): readonly Diagnostic[] {
  return checks.flatMap(({ placed: { image, owner, stated, volume }, check }) => {
    if (owner.topGuid === undefined || !sameGuid(image.guid, owner.topGuid)) return [];
    const compare = owner.storages === undefined ? compareSize : compareRange;
    return ofVolume(volume, compare(check, stated));
  });
}
