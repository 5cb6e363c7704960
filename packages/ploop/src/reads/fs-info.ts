import { statfsSync } from 'node:fs';
import { statfs } from 'node:fs/promises';

import type { FoundFileSystem } from '@ploop/contents';
import { bytes, type Bytes } from '@ploop/descriptor';
import { perform, runSync, type Steps } from '@ploop/descriptor/internal';

import { blockNames, devicesAmong } from '../devices/find-devices.ts';
import { hasCandidates } from '../devices/quiet.ts';
import { isGoing, unreadable } from '../io/failure.ts';
import { ReadError } from '../io/read-error.ts';
import type { Roots } from '../io/roots.ts';
import { consistently, type Source } from '../state/source.ts';
import type { DiskState } from '../state/state.ts';
import type { Statfs, NotedStatfs } from '../values/noted.ts';
import { mainDeviceOf } from './is-mounted.ts';
import { notedStatfsOf } from './noted-statfs.ts';
import { superblockOf } from './superblock.ts';

/** The size and use of the file system on a disk, in its own blocks. */
export interface FsInfo {
  readonly blockSize: Bytes;
  readonly blocks: number;
  readonly blocksFree: number;
  readonly inodes: number;
  readonly inodesFree: number;
  /**
   * `mount`: of the mounted file system, now. `.statfs`: what the tool noted when it last unmounted it. `superblock`: what
   * the file system itself noted; its `blocks` include those that it needs for itself, which the other two leave out.
   */
  readonly source: 'mount' | '.statfs' | 'superblock';
  /** How old the numbers are, in milliseconds; absent for a superblock. */
  readonly ageMs: number | undefined;
  /** Whether the disk was written to since, or not unmounted cleanly, so that the numbers may not hold. */
  readonly stale: boolean;
}

/** How often a file system that goes away under the read is looked for again. */
const TRIES = 5;

/**
 * The numbers of the file system on a disk: of the mounted one, else those that the tool noted in `.statfs` when it
 * unmounted it, else those of the superblock. The tool itself goes by `.statfs` even while a device runs.
 *
 * @throws ReadError `FILE_SYSTEM_NOT_MOUNTED` where a device runs whose file system is mounted nowhere that this process
 * sees. `FILE_SYSTEM_UNKNOWN` if only a mount could show it. As `isMounted` does, too.
 */
export function* fsInfoOf(source: Source): Steps<FsInfo> {
  const known = yield* source.memory.statfs.recall();
  if (known !== undefined) return infoFromNoted(known);
  for (let tried = 1; tried <= TRIES; tried += 1) {
    const names = yield* blockNames(source.roots.sys);
    const info = hasCandidates(names)
      ? yield* consistently(source, (state) => anyInfo(source, state, names))
      : yield* quietInfo(source);
    if (info !== undefined) return info;
  }
  throw new ReadError('DEVICE_TRANSITIONAL', 'the disk is being mounted and unmounted');
}

/** {@link fsInfoOf}, blocking. */
export function fsInfoNow(source: Source): FsInfo {
  const known = source.memory.statfs.recallSync();
  return known === undefined ? runSync(fsInfoOf(source)) : infoFromNoted(known);
}

/**
 * {@link fsInfoOf} where it is known on which device the disk is, or that it is on none.
 *
 * @param name - The kernel's own name.
 */
export function* fsInfoOn(source: Source, name: string | undefined): Steps<FsInfo> {
  const info =
    name === undefined
      ? yield* consistently(source, () => notedInfo(source))
      : yield* mountedInfo(source, name);
  if (info !== undefined) return info;
  throw new ReadError('DEVICE_TRANSITIONAL', 'the disk is being unmounted');
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
  if (noted !== undefined) return infoFromNoted(noted);
  const found = yield* superblockOf(source);
  if (found !== undefined) return infoFromSuperblock(found);
  throw new ReadError(
    'FILE_SYSTEM_UNKNOWN',
    `${source.descriptorPath} has no .statfs, and no file system that is known: only a mount can show it`,
  );
}

/** What is free was free at the last unmount, if there was one. */
function infoFromSuperblock({
  blockSize,
  blocks,
  freeBlocks: blocksFree,
  inodes,
  freeInodes: inodesFree,
  clean,
}: FoundFileSystem): FsInfo {
  const statfs = { blockSize, blocks, blocksFree, inodes, inodesFree };
  return infoFrom(statfs, 'superblock', undefined, clean === false);
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
    if (isGoing(cause)) return undefined;
    throw unreadable(path, cause);
  }
}

function infoFrom(
  { blockSize, blocks, blocksFree, inodes, inodesFree }: Statfs,
  source: FsInfo['source'],
  ageMs: number | undefined,
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
