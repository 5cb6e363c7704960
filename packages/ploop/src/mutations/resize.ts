import { mkdtemp, rmdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { bytes, resolveFile, SECTOR_SIZE, type Bytes } from '@ploop/descriptor';
import { aFlag, aNumber, needed, options } from '@ploop/descriptor/arguments';
import { runAsync } from '@ploop/descriptor/internal';
import { commands, PloopError, RefusedError } from '@ploop/runner';

import { GUARDED } from '../arguments/rules.ts';
import { mainMount } from '../holders/main-mount.ts';
import { isThere } from '../io/is-there.ts';
import { imageInfoOf } from '../reads/image-info.ts';
import { refuseMiswritten } from '../refusals/plan-refused.ts';
import { refuseDamaged } from '../refusals/refuse-damaged.ts';
import { grownBy, refuseImages, type GuardOptions } from '../refusals/refuse-images.ts';
import { leaving } from '../run/left-behind.ts';
import type { MutationOptions } from '../run/run-target.ts';
import { currentState, type Source } from '../state/source.ts';
import type { DiskState } from '../state/state.ts';
import { grownTo } from './grow.ts';
import { mountDisk } from './mount.ts';
import { unwritten, type Mutation } from './mutation.ts';
import { umountDisk } from './umount.ts';

/** How a disk is resized. */
export interface ResizeOptions extends MutationOptions, GuardOptions {
  /**
   * How a disk that is not mounted is resized. True, the default: its file system is checked and resized as it lies
   * there. False: the disk is mounted for the while, so that what is taken from it is only set aside, as on a mounted one.
   */
  readonly offline?: boolean | undefined;
}

/** A disk of another size. */
export interface ResizedDisk {
  /** Virtual size, in whole clusters. Never less than it was: where a file system becomes smaller its disk keeps its size. */
  readonly size: Bytes;
}

/**
 * Makes a disk and its file system larger, or the file system smaller: on a mounted disk by a balloon that takes the
 * space. A size within a cluster is rounded up to the end of that. The tool leaves the file system four clusters less.
 */
async function resizeDisk(
  source: Source,
  size: number,
  { offline = true, allowLinked, allowRival, signal }: ResizeOptions = {},
): Promise<ResizedDisk> {
  const { descriptorPath: descriptor, runner } = source;
  const before = await runAsync(currentState(source));
  refuseDamaged(before);
  await refuseMiswritten(runner, before, 'resize');
  const { clusterSize } = await runAsync(imageInfoOf(source));
  const wanted = roundedUp(size, clusterSize);
  const guard = { operation: 'resize', allowLinked, allowRival, signal };
  await refuseImages(source, before, grownBy(before, wanted), guard);
  const input = { descriptor, size: wanted };
  const run = (): Promise<void> => runner.resize(input, { signal });
  const isMeanwhile = !offline && (await mainMount(source)) === undefined;
  const mountPoint = automaticMountPoint(before);
  const wasThere = await isThere(mountPoint);
  await (isMeanwhile ? whileMounted(source, run, { allowLinked, allowRival }) : run()).catch(
    async (error: unknown) => {
      // Only where it is empty and nothing is mounted there.
      if (!wasThere) await rmdir(mountPoint).catch(() => undefined);
      throw error;
    },
  );
  return grownTo(source, wanted);
}

/**
 * The size to ask the tool for, in whole clusters as it rounds up by itself. A disk need not be mounted for a size that it
 * refuses.
 *
 * @throws RefusedError `SIZE_INVALID`
 */
function roundedUp(size: number, clusterSize: Bytes): Bytes {
  if (Number.isSafeInteger(size) && size > 0 && size % SECTOR_SIZE === 0)
    return bytes(Math.ceil(size / clusterSize) * clusterSize);
  throw new RefusedError(
    'SIZE_INVALID',
    `cannot resize the disk to ${String(size)} bytes: a size is a whole number of ${String(SECTOR_SIZE)}-byte sectors`,
  );
}

/** By itself: releases up to 7.0.197 have no option for it. */
async function whileMounted<Result>(
  source: Source,
  run: () => Promise<Result>,
  allowed: GuardOptions,
): Promise<Result> {
  const { descriptorPath: descriptor, runner } = source;
  await runner.preflight(commands.mount, { descriptor, mountPoint: tmpdir() });
  const target = await mkdtemp(join(tmpdir(), 'ploop-resize-'));
  try {
    const { device } = await mountDisk(source, { target, ...allowed });
    const [ran] = await Promise.allSettled([run()]);
    const [ended] = await Promise.allSettled([umountDisk(source)]);
    if (ended.status === 'rejected') {
      // A refusal names nothing that is left: the mount that stays is what the unmount left.
      const hasFailed = ran.status === 'rejected' && !(ran.reason instanceof RefusedError);
      const first: unknown = hasFailed ? ran.reason : ended.reason;
      throw first instanceof PloopError
        ? leaving(first, [`${device}, mounted at ${target}`])
        : first;
    }
    if (ran.status === 'rejected') throw ran.reason;
    return ran.value;
  } finally {
    // Not where something is mounted there still.
    await rmdir(target).catch(() => undefined);
  }
}

/** Where the tool mounts a disk for the while, and leaves the directory when it fails. */
function automaticMountPoint({ descriptor, directory }: DiskState): string {
  return `${resolveFile(directory, descriptor.images[0]?.file ?? '')}.mnt`;
}

/** How a disk would be resized. */
export type ResizeWay =
  /** As it lies there: it is on no device. */
  | { readonly way: 'offline' }
  /** On its device, which stays. If its file system is not mounted the tool mounts it meanwhile. */
  | {
      readonly way: 'online';
      readonly device: string;
      readonly mountPoint: string | undefined;
    }
  /** Between a mount and an unmount of its own: `offline: false`. What the tool then says of the size is not known before. */
  | { readonly way: 'mounted-meanwhile' };

/** `disk.resize`. */
export const resize: Mutation<[size: number, options?: ResizeOptions], ResizedDisk, ResizeWay> = {
  rules: { size: needed(aNumber), options: options({ ...GUARDED, offline: aFlag }) },
  guard: unwritten,
  run: resizeDisk,
  details: async (source, plan, size) => {
    if (plan.command === 'mount') {
      const { clusterSize } = await runAsync(imageInfoOf(source));
      const input = { descriptor: source.descriptorPath, size: roundedUp(size, clusterSize) };
      return { ...plan, command: 'resize', input, way: 'mounted-meanwhile' };
    }
    const main = await mainMount(source);
    return main === undefined ? { ...plan, way: 'offline' } : { ...plan, way: 'online', ...main };
  },
};
