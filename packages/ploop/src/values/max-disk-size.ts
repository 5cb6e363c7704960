import { bytes, isClusterSize, SECTOR_SIZE, type Bytes } from '@ploop/descriptor';
import { RefusedError } from '@ploop/runner';

import { requireArguments } from '../arguments/require.ts';

/** Both formats count in 32 bits: version 1 sectors, version 2 clusters. */
const MOST = 0xff_ff_ff_ff;
/** The tool takes no larger size, in bytes. */
const MOST_BYTES = MOST * SECTOR_SIZE * SECTOR_SIZE;

/**
 * The largest disk that a format version can hold and the tool can be asked for, in bytes. The file system that the tool makes ends at 16 TiB, from
 * release 7.0.120 on at 50 TiB.
 *
 * @param clusterSize - In bytes, a power of two from 32 KiB to 64 MiB.
 * @throws RefusedError `CLUSTER_SIZE_INVALID`, `OPTION_INVALID`
 */
export function maxDiskSize(version: 1 | 2, clusterSize = 1024 * 1024): Bytes {
  requireArguments('maxDiskSize', [version, clusterSize]);
  if (!isClusterSize(clusterSize / SECTOR_SIZE))
    throw new RefusedError('CLUSTER_SIZE_INVALID', `no cluster has ${String(clusterSize)} bytes`);
  return bytes(Math.min(MOST * (version === 1 ? SECTOR_SIZE : clusterSize), MOST_BYTES));
}
