import {
  diagnostic,
  sectors,
  type Image,
  type Sectors,
  type SnapshotNode,
  type StoragePart,
} from '@ploop/descriptor';
import { partImages, rangeFaults } from '@ploop/descriptor/internal';

import type { LoadedDisk } from './load-disk.ts';
import { snapshotFailure } from './snapshot-failure.ts';

/** The images of a part of a disk, base first. */
export interface PartList {
  readonly start: Sectors;
  readonly end?: Sectors;
  readonly images: readonly Image[];
}

/** The parts of a split disk with the images of a chain. */
export function partLists(
  storages: readonly StoragePart[],
  chain: readonly SnapshotNode[],
): readonly PartList[] {
  return storages.map((storage, index) => {
    const { images, missing } = partImages(storage, chain);
    if (missing !== undefined)
      throw snapshotFailure([
        diagnostic('STORAGE_IMAGE_MISSING', { storage: index + 1, guid: missing }),
      ]);
    const { start = sectors(0), end } = storage;
    return { start, ...(end !== undefined && { end }), images };
  });
}

/** Refuses parts that leave open what is where, and parts that no volume can have. */
export function refuseUnjoinable({ descriptor, parents = [] }: LoadedDisk): void {
  const faults = descriptor === undefined ? [] : rangeFaults(descriptor);
  if (faults.length > 0) throw snapshotFailure(faults);
  const isVolume = descriptor?.storages !== undefined && descriptor.volume !== undefined;
  if (isVolume || parents.some((parent) => parent.descriptor?.storages !== undefined))
    throw snapshotFailure([diagnostic('STORAGE_SPLIT', { element: 'Storage' })]);
}
