import { resolveFile } from '@ploop/descriptor';
import { runAsync } from '@ploop/descriptor/internal';

import { findDevices, type FindDevicesOptions } from '../devices/find-devices.ts';
import { findByNode } from '../devices/look-up.ts';
import type { DiskMount } from '../reads/disk-mount.ts';
import { fsInfoOf, fsInfoOn, type FsInfo } from '../reads/fs-info.ts';
import { isMountedOf } from '../reads/is-mounted.ts';
import { mountsOf } from '../reads/mounts.ts';
import { refuseOutside } from '../refusals/refuse-outside.ts';
import { currentState, type Source } from '../state/source.ts';
import type { DiskState } from '../state/state.ts';

/** Whom a read asks. */
export interface AskOptions {
  /**
   * Lets the tool say what the kernel reports to root only, on device-mapper kernels. That starts a process, waits for the
   * lock of the disk up to 60 seconds, and throws PloopError where the tool fails. Default: nobody but the files.
   */
  readonly ask?: 'tool' | undefined;
  /** Sends the tool SIGTERM. */
  readonly signal?: AbortSignal | undefined;
}

/** Whether a disk is mounted, by the files or by the tool. */
export async function isMounted(source: Source, options: AskOptions = {}): Promise<boolean> {
  if (options.ask !== 'tool') return runAsync(isMountedOf(source));
  return (await toldDevice(source, options)) !== undefined;
}

/** The numbers of the file system; with the tool asked only where it is mounted. */
export async function fsInfo(source: Source, options: AskOptions = {}): Promise<FsInfo> {
  if (options.ask !== 'tool') return runAsync(fsInfoOf(source));
  const { roots } = source;
  const node = await toldDevice(source, options);
  const device =
    node === undefined ? undefined : await runAsync(findByNode(node, roots, findDevices(roots)));
  return runAsync(fsInfoOn(source, device?.kernelName));
}

/** The devices of a disk; device-mapper ones by the images that the tool lists. */
export async function mounts(
  source: Source,
  options: FindDevicesOptions & AskOptions = {},
): Promise<readonly DiskMount[]> {
  const found = await runAsync(mountsOf(source, options));
  const isDoubtful = found.some(({ confidence }) => confidence !== 'certain');
  if (options.ask !== 'tool' || !isDoubtful) return found;
  const rows = await source.runner.list({ allImages: true }, { signal: options.signal });
  const state = await runAsync(currentState(source));
  return found.flatMap((mount) => {
    if (mount.confidence === 'certain') return mount;
    const row = rows.find(({ device }) => mount.device.endsWith(`/${device}`));
    const top = row && topOf(state, row.images);
    return top === undefined ? [] : { ...mount, ...top, confidence: 'certain' as const };
  });
}

async function toldDevice(source: Source, { signal }: AskOptions): Promise<string | undefined> {
  await refuseOutside(source);
  const { runner, descriptorPath } = source;
  return (await runner.infoDevice({ descriptor: descriptorPath }, { signal })).device;
}

/**
 * The shot whose chain is made of these images, in whatever order, and the images base first; `undefined` where they are
 * of another disk.
 */
function topOf(
  { descriptor, directory, graph }: DiskState,
  images: readonly string[],
): Pick<DiskMount, 'guid' | 'images'> | undefined {
  const given = new Set(images);
  for (const { guid } of descriptor.images) {
    const files = graph
      .chain(guid)
      .flatMap(({ image }) => (image === undefined ? [] : resolveFile(directory, image.file)));
    if (files.length === given.size && files.every((file) => given.has(file)))
      return { guid, images: files };
  }
  return undefined;
}
