import { bytes, SECTOR_SIZE, type Bytes } from '@ploop/descriptor';

import type { GuardContext } from './command.ts';
import { info, type InfoResult } from './commands/info.ts';
import { RefusedError } from './errors.ts';

/** Sectors that an image of version 1 can have, before they are cut to whole clusters. */
const VERSION_1_SECTORS = 2 ** 32 - 1;

/** The largest image of version 1, in bytes: whole clusters. */
function largestVersion1(clusterSize: Bytes): Bytes {
  const clusters = Math.floor((VERSION_1_SECTORS * SECTOR_SIZE) / clusterSize);
  return bytes(clusters * clusterSize);
}

/** Refuses with `SIZE_INVALID` what is beyond version 1: the tool makes a smaller disk, and exits with 0. */
export function refuseBeyondVersion1(size: Bytes, clusterSize: Bytes, hint: string): void {
  if (size > largestVersion1(clusterSize))
    throw new RefusedError(
      'SIZE_INVALID',
      `${String(size)} bytes are more than an image of format version 1 can hold`,
      hint,
    );
}

/** Refuses with `SIZE_INVALID` what is not whole clusters: the tool would round it up without a word. */
function refuseUnaligned(size: Bytes, clusterSize: Bytes): void {
  if (size % clusterSize === 0) return;
  const above = Math.ceil(size / clusterSize) * clusterSize;
  throw new RefusedError(
    'SIZE_INVALID',
    `${String(size)} bytes are not whole clusters of ${String(clusterSize)} bytes`,
    `The next size is ${String(above)} bytes.`,
  );
}

/** Asks the tool for the disk, and refuses with `SIZE_INVALID` a new size that would be rounded or wrapped around. */
export async function checkNewSize(
  descriptor: string,
  size: Bytes,
  { run }: GuardContext,
): Promise<InfoResult> {
  const disk = await run(info, { descriptor });
  refuseUnaligned(size, disk.clusterSize);
  if (disk.version === 1)
    refuseBeyondVersion1(
      size,
      disk.clusterSize,
      'Convert the disk to version 2 first: with version 1 the tool makes a smaller disk and exits with 0.',
    );
  return disk;
}
