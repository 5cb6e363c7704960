import { basename } from 'node:path';

import { bytes, SECTOR_SIZE, type Bytes } from '@ploop/descriptor';
import { releasesWith } from '@ploop/descriptor/releases';

import type { GuardContext } from '../../command.ts';
import { RefusedError } from '../../errors/errors.ts';
import { availability, describeReleases } from '../../release/release.ts';
import { info, type InfoResult } from '../info.ts';
import { mainDevice } from './in-use.ts';

/** What the tool makes images with unless an option says otherwise, in bytes. */
export const DEFAULT_CLUSTER: Bytes = bytes(1024 * 1024);

/** Sectors that an image of version 1 can have, before they are cut to whole clusters. */
const VERSION_1_SECTORS = 2 ** 32 - 1;

/** The largest image of version 1, in bytes: whole clusters. */
function largestVersion1(clusterSize: Bytes): Bytes {
  const clusters = Math.floor((VERSION_1_SECTORS * SECTOR_SIZE) / clusterSize);
  return bytes(clusters * clusterSize);
}

/** Whether a size is beyond version 1: the tool makes a smaller disk, and exits with 0. */
export function isBeyondVersion1(size: Bytes, clusterSize: Bytes): boolean {
  return size > largestVersion1(clusterSize);
}

/** The refusal of a size that {@link isBeyondVersion1}. */
export function beyondVersion1(size: Bytes, hint: string): RefusedError {
  return new RefusedError(
    'SIZE_INVALID',
    `${String(size)} bytes are more than an image of format version 1 can hold`,
    hint,
  );
}

/**
 * Refuses what {@link isBeyondVersion1}.
 *
 * @throws RefusedError `SIZE_INVALID`
 */
export function refuseBeyondVersion1(size: Bytes, clusterSize: Bytes, hint: string): void {
  if (isBeyondVersion1(size, clusterSize)) throw beyondVersion1(size, hint);
}

/** The next size that is a whole number of clusters. */
function wholeClusters(size: number, clusterSize: Bytes): Bytes {
  return bytes(Math.ceil(size / clusterSize) * clusterSize);
}

/** A field of what the block driver shows of a device; `undefined` if that cannot be read. */
async function deviceState(
  device: string,
  field: 'block_size' | 'fmt_version',
  { ask }: Pick<GuardContext, 'ask'>,
): Promise<number | undefined> {
  const text = await ask('cat', '--', `/sys/block/${basename(device)}/pstate/${field}`);
  return text !== undefined && /^[1-9]\d{0,9}\n?$/.test(text) ? Number(text) : undefined;
}

/**
 * Refuses with `SIZE_INVALID` a new size of a device within a cluster or beyond version 1: release 1.15 hands any size to the
 * driver and exits with 0. A device that shows neither counts as one of version 1 with clusters of 1 MiB.
 */
export async function checkDeviceSize(
  device: string,
  size: Bytes,
  context: Pick<GuardContext, 'ask'>,
): Promise<void> {
  const shown = await deviceState(device, 'block_size', context);
  const clusterSize = shown === undefined ? DEFAULT_CLUSTER : bytes(shown * SECTOR_SIZE);
  if (size % clusterSize !== 0)
    throw new RefusedError(
      'SIZE_INVALID',
      `cannot grow ${device} to ${String(size)} bytes: it has whole clusters of ${String(clusterSize)} bytes only`,
      shown === undefined
        ? 'Grow the disk by its descriptor: the cluster size of the device cannot be read.'
        : `Grow it to ${String(wholeClusters(size, clusterSize))} bytes.`,
    );
  if ((await deviceState(device, 'fmt_version', context)) === 2) return;
  refuseBeyondVersion1(
    size,
    clusterSize,
    'Convert the disk to version 2 first, or grow it by its descriptor if the driver does not show its version.',
  );
}

/** Asks the tool for the disk, and refuses with `SIZE_INVALID` a new size that would be wrapped around. */
export async function checkNewSize(
  descriptor: string,
  size: Bytes,
  { run }: Pick<GuardContext, 'run'>,
): Promise<InfoResult> {
  const disk = await run(info, { descriptor });
  if (disk.version === 1)
    refuseBeyondVersion1(
      size,
      disk.clusterSize,
      'Convert the disk to version 2 first: with version 1 the tool makes a smaller disk and exits with 0.',
    );
  return disk;
}

/**
 * Refuses with `SIZE_INVALID` a size within a cluster that `grow` cannot make, or after which the disk takes no snapshots.
 * Images are never made so (measured on 18 releases, exit code 38); a raw disk is, if it is not mounted.
 */
export async function refuseWithinCluster(
  descriptor: string,
  size: Bytes,
  { clusterSize, version }: InfoResult,
  context: GuardContext,
): Promise<void> {
  if (size % clusterSize === 0) return;
  const fault =
    version === 0
      ? await faultOfRaw(descriptor, context)
      : `the image has whole clusters of ${String(clusterSize)} bytes only`;
  if (fault === undefined) return;
  throw new RefusedError(
    'SIZE_INVALID',
    `cannot grow the disk to ${String(size)} bytes: ${fault}`,
    `Grow it to ${String(wholeClusters(size, clusterSize))} bytes.`,
  );
}

const NO_SNAPSHOTS = releasesWith('needsWholeClusters', true);

/** Why a raw disk cannot end within a cluster; `undefined` if it can. */
async function faultOfRaw(descriptor: string, context: GuardContext): Promise<string | undefined> {
  if (availability(await context.release(), NO_SNAPSHOTS) !== 'no')
    return `releases ${describeReleases(NO_SNAPSHOTS)} take no snapshot of a raw disk that ends within a cluster`;
  const device = await mainDevice(descriptor, context);
  return device === undefined
    ? undefined
    : `the disk is mounted, and ${device} has whole clusters only`;
}
