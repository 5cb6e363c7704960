import { statfsSync } from 'node:fs';
import { statfs } from 'node:fs/promises';

import { bytes, type Bytes } from '@ploop/descriptor';
import { perform, type Steps } from '@ploop/descriptor/node';

import { blockNames, devicesAmong } from '../devices/find-devices.ts';
import { isGone, unreadable } from '../io/failure.ts';
import { ReadError } from '../read-error.ts';
import type { Roots } from '../roots.ts';
import { consistently, type Source } from '../source.ts';
import type { DiskState } from '../state.ts';
import { mainDeviceOf } from './is-mounted.ts';
import { hasCandidates } from './mounts.ts';
import { notedStatfsOf, type NotedStatfs, type Statfs } from './noted-statfs.ts';

/** The size and use of the file system on a disk, in its own blocks. */
export interface FsInfo {
  readonly blockSize: Bytes;
  readonly blocks: number;
  readonly blocksFree: number;
  readonly inodes: number;
  readonly inodesFree: number;
  /** `mount`: of the mounted file system, now. `.statfs`: what the tool noted when it last unmounted it. */
  readonly source: 'mount' | '.statfs';
  /** How old the numbers are, in milliseconds. */
  readonly ageMs: number;
  /** Whether the disk was written to since, so that the numbers may not hold. */
  readonly stale: boolean;
}

/** How often a file system that goes away under the read is looked for again. */
const TRIES = 5;

/**
 * The numbers of the file system on a disk: of the mounted one, else those that the tool noted in `.statfs` when it
 * unmounted it. The tool itself goes by `.statfs` even while a device runs.
 *
 * @throws ReadError `FILE_SYSTEM_NOT_MOUNTED` where a device runs whose file system is mounted nowhere that this process
 * sees. `FILE_SYSTEM_UNKNOWN` where only a mount could tell. As `isMounted` does, too.
 */
export function* fsInfoOf(source: Source): Steps<FsInfo> {
  for (let tried = 1; tried <= TRIES; tried += 1) {
    const names = yield* blockNames(source.roots.sys);
    const isQuiet = !hasCandidates(names);
    const known = isQuiet ? yield* source.memory.statfs.recall() : undefined;
    if (known !== undefined) return infoFromNoted(known);
    const info = !isQuiet
      ? yield* consistently(source, (state) => anyInfo(source, state, names))
      : yield* quietInfo(source);
    if (info !== undefined) return info;
  }
  throw new ReadError('DEVICE_TRANSITIONAL', 'the disk is being mounted and unmounted');
}

function* anyInfo(
  source: Source,
  state: DiskState,
  names: readonly string[],
): Steps<FsInfo | undefined> {
  const device = yield* mainDeviceOf(source, state, names);
  return yield* device === undefined ? notedInfo(source) : mountedInfo(source, device);
}

/** Where no device is, what is noted holds for the moment it was read, and no second look at the descriptor is needed. */
function* quietInfo(source: Source): Steps<FsInfo> {
  try {
    return yield* notedInfo(source);
  } catch {
    return yield* consistently(source, () => notedInfo(source));
  }
}

function* notedInfo(source: Source): Steps<FsInfo> {
  const noted = yield* notedStatfsOf(source);
  if (noted === undefined)
    throw new ReadError(
      'FILE_SYSTEM_UNKNOWN',
      `beside ${source.descriptorPath} is no .statfs: only a mount can tell the use of the file system`,
    );
  return infoFromNoted(noted);
}

function infoFromNoted({ statfs, writtenMs, stale }: NotedStatfs): FsInfo {
  return infoFrom(statfs, '.statfs', Math.max(0, Date.now() - writtenMs), stale);
}

/** The numbers of a mounted file system; `undefined` where its device goes, or something is mounted over it. */
function* mountedInfo({ roots }: Source, name: string): Steps<FsInfo | undefined> {
  const mountPoint = yield* mountPointOf(roots, name);
  if (mountPoint === undefined) return undefined;
  const statfs = yield* statfsAt(mountPoint);
  if (statfs === undefined || (yield* mountPointOf(roots, name)) !== mountPoint) return undefined;
  return infoFrom(statfs, 'mount', 0, false);
}

function* mountPointOf(roots: Roots, name: string): Steps<string | undefined> {
  const [device] = yield* devicesAmong(roots, [name]);
  if (device === undefined || device.mountPoint !== undefined) return device?.mountPoint;
  throw new ReadError(
    'FILE_SYSTEM_NOT_MOUNTED',
    `${device.partition} runs, and is mounted nowhere that this process sees`,
  );
}

function* statfsAt(path: string): Steps<Statfs | undefined> {
  try {
    const told = yield* perform({
      sync: () => statfsSync(path),
      async: () => statfs(path),
    });
    return {
      blockSize: told.bsize,
      blocks: told.blocks,
      blocksFree: told.bfree,
      inodes: told.files,
      inodesFree: told.ffree,
    };
  } catch (cause) {
    if (isGone(cause)) return undefined;
    throw unreadable(path, cause);
  }
}

function infoFrom(
  { blockSize, blocks, blocksFree, inodes, inodesFree }: Statfs,
  source: FsInfo['source'],
  ageMs: number,
  stale: boolean,
): FsInfo {
  return {
    blockSize: bytes(blockSize),
    blocks,
    blocksFree,
    inodes,
    inodesFree,
    source,
    ageMs,
    stale,
  };
}
