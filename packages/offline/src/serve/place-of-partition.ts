import { identify } from '@ploop/contents';
import { bytes } from '@ploop/descriptor';

import { placesWanted, type Place } from '../files/place.ts';
import type { Snapshot } from '../snapshot/open-snapshot.ts';

/**
 * Where a partition is on the disk, be there a file system in it or not; all of the disk without one.
 *
 * @throws DescriptorError `PARTITION_UNKNOWN`
 */
export async function placeOfPartition(
  { size, readInto }: Pick<Snapshot, 'size' | 'readInto'>,
  wanted: number | undefined,
): Promise<Pick<Place, 'start' | 'length'>> {
  const [place] =
    wanted === undefined ? [] : placesWanted(await identify(readInto, size), size, wanted);
  return place ?? { start: bytes(0), length: size };
}
