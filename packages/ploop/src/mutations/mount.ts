import { resolve } from 'node:path';

import { sameGuid, type SnapshotNode } from '@ploop/descriptor';
import { aFlag, aPath, aString, options } from '@ploop/descriptor/arguments';
import { runAsync } from '@ploop/descriptor/internal';
import { OutputError, PloopError, RefusedError, type MountInput } from '@ploop/runner';

import { aGuid, GUARDED } from '../arguments/rules.ts';
import { knownDevice, knownMounts } from '../holders/known-mounts.ts';
import { refuseDamaged } from '../refusals/refuse-damaged.ts';
import { refuseImages, writtenIn, type GuardOptions } from '../refusals/refuse-images.ts';
import { refuseOutside } from '../refusals/refuse-outside.ts';
import { refuseTaken } from '../refusals/refuse-shown.ts';
import { refuseVolume } from '../refusals/refuse-volume.ts';
import { refuseWritten } from '../refusals/refuse-written.ts';
import { leaving } from '../run/left-behind.ts';
import type { MutationOptions } from '../run/run-target.ts';
import { currentState, type Source } from '../state/source.ts';
import { nodeOf, type DiskState } from '../state/state.ts';
import { undoMount } from './mount-undo.ts';
import type { Mutation } from './mutation.ts';

/** How a disk is mounted. */
export interface MountOptions extends MutationOptions, GuardOptions {
  /** The directory to mount the file system at. Default: the device alone is made. */
  readonly target?: string | undefined;
  readonly readonly?: boolean | undefined;
  /** Runs `fsck -p` on the file system before. */
  readonly fsck?: boolean | undefined;
  /** The snapshot to mount; one with children only `readonly`. Default: the top. */
  readonly guid?: string | undefined;
  /** Options of the file system itself, comma-separated. `noatime` and other flags are not allowed, and fail. */
  readonly data?: string | undefined;
  /** A name for one more mount of the disk; `umount` then needs it as well. */
  readonly component?: string | undefined;
}

/** A disk that is mounted. */
export interface MountedDisk {
  /** `/dev/ploop0`, or with releases 8 and 9 `/dev/mapper/ploop46602`. */
  readonly device: string;
  /** What on the device carries the file system; absent where there is no partition or the kernel does not report it. */
  readonly partition?: string | undefined;
  /** The directory, absolute; absent where only the device was made. */
  readonly mountPoint?: string | undefined;
}

/**
 * Mounts a disk. Where the tool succeeded and what it printed cannot be read, the device is looked up. Where it failed
 * half way, what it put together is taken apart again, or the error says what is left.
 */
export async function mountDisk(
  source: Source,
  { signal, allowLinked, allowRival, ...options }: MountOptions = {},
): Promise<MountedDisk> {
  const { descriptorPath, runner, roots } = source;
  const state = await runAsync(currentState(source));
  refuseDamaged(state);
  if (options.readonly !== true) {
    refuseVolume(state, 'mount');
    await refuseWritten(source);
  }
  const input = inputOf(state, descriptorPath, options);
  const written = options.readonly === true ? [] : writtenIn(mountedNode(state, options.guid));
  await refuseImages(source, state, written, {
    operation: 'mount',
    allowLinked,
    allowRival,
    signal,
  });
  const device = await runner
    .mount(input, { signal })
    .then(({ device: made }) => made)
    .catch(async (error: unknown) => {
      const found = error instanceof OutputError ? await lookUp(source, input) : undefined;
      if (found !== undefined) return found;
      if (!(error instanceof PloopError)) throw error;
      throw leaving(error, await undoMount(source, error));
    });
  const partition = (await knownDevice(device, roots))?.partition;
  return {
    device,
    partition: partition === device ? undefined : partition,
    mountPoint: input.mountPoint,
  };
}

function mountedNode(state: DiskState, guid: string | undefined): SnapshotNode {
  return guid === undefined ? state.top : nodeOf(state, guid);
}

function inputOf(
  state: DiskState,
  descriptor: string,
  { target, readonly, fsck, guid, data, component }: MountOptions,
): MountInput {
  const node = mountedNode(state, guid);
  if (readonly !== true && state.graph.children(node.guid).length > 0)
    throw new RefusedError(
      'PARENT_IS_SHARED',
      `other shots hang on ${node.guid}, which would be written to`,
      'Mount it readonly.',
    );
  return {
    descriptor,
    // Without a GUID the tool mounts the top: the shortest call is the one that every release knows.
    guid: node === state.top ? undefined : node.guid,
    readonly,
    fsck,
    mountPoint: target === undefined ? undefined : resolve(target),
    mountData: data,
    component,
  };
}

/** The device of a mount that succeeded, where there is one that can be it and no other. */
async function lookUp(source: Source, input: MountInput): Promise<string | undefined> {
  const { component = '', guid } = input;
  const isIt = (await knownMounts(source)).filter(
    (mount) =>
      mount.confidence === 'certain' &&
      mount.running &&
      mount.component === component &&
      (guid === undefined || (mount.guid !== undefined && sameGuid(mount.guid, guid))),
  );
  const [only, ...others] = isIt;
  if (only !== undefined && others.length === 0) return only.device;
  if (component !== '' || guid !== undefined) return undefined;
  const told = source.runner.infoDevice({ descriptor: input.descriptor });
  return (await told.catch(() => undefined))?.device;
}

/** `disk.mount`. */
export const mount: Mutation<[options?: MountOptions], MountedDisk> = {
  rules: {
    options: options({
      ...GUARDED,
      target: aPath,
      readonly: aFlag,
      fsck: aFlag,
      guid: aGuid,
      data: aString,
      component: aString,
    }),
  },
  guard: refuseOutside,
  run: mountDisk,
  foresee: refuseTaken,
};
