import { identify } from '@ploop/contents';
import { bytes, DescriptorError, diagnostic, type Bytes } from '@ploop/descriptor';

import type { Snapshot } from '../snapshot/open-snapshot.ts';

/** A range of a disk. */
interface Place {
  /** First byte of the disk. */
  readonly start: Bytes;
  readonly length: Bytes;
}

/**
 * Where a partition is on the disk, be there a file system in it or not; all of the disk without one.
 *
 * @throws DescriptorError `PARTITION_UNKNOWN`
 */
export async function placeOfPartition(
  { size, readInto }: Pick<Snapshot, 'size' | 'readInto'>,
  wanted: number | undefined,
): Promise<Place> {
  if (wanted === undefined) return { start: bytes(0), length: size };
  const { partitionTable } = await identify(readInto, size);
  const partitions = partitionTable?.partitions ?? [];
  const found = partitions.find(({ number }) => number === wanted);
  if (found === undefined) {
    const data = { partition: wanted, partitions: partitions.map(({ number }) => number) };
    throw new DescriptorError([diagnostic('PARTITION_UNKNOWN', data)]);
  }
  const length = bytes(Math.max(0, Math.min(found.length, size - found.start)));
  return { start: found.start, length };
}
