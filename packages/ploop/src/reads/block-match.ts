import { isBase, resolveFile, type Guid, type Image } from '@ploop/descriptor';
import type { Steps } from '@ploop/descriptor/internal';
import { deviceNumber, isGone, readable, realPath, status } from '@ploop/descriptor/node/internal';

import { baseImageOf, baseInodeOf, blockDevice, isBlockDevice } from '../devices/block.ts';
import type { Device } from '../devices/device.ts';
import type { DiskState } from '../state/state.ts';

/** The entries of `/sys/block` that are devices of a disk, by their base image. */
export function* blockDevicesOf(
  sys: string,
  state: DiskState,
  names: readonly string[],
): Steps<readonly string[]> {
  const found: string[] = [];
  const candidates = names.filter(isBlockDevice);
  if (candidates.length === 0) return found;
  const bases = yield* basesOf(state);
  for (const name of candidates) if (yield* isOn(sys, state, bases, name)) found.push(name);
  return found;
}

/** Whether a device of the block driver is one of a disk. */
export function* isOnDisk(sys: string, state: DiskState, name: string): Steps<boolean> {
  return yield* isOn(sys, state, yield* basesOf(state), name);
}

/** The shot whose delta is the top one of a device. */
export function* shotOf(
  state: DiskState,
  { images = [] }: Pick<Device, 'images'>,
): Steps<Guid | undefined> {
  const top = images.at(-1);
  if (top === undefined) return undefined;
  const { descriptor, directory } = state;
  const byName = descriptor.images.find(({ file }) => resolveFile(directory, file) === top);
  if (byName !== undefined) return byName.guid;
  for (const image of descriptor.images)
    if ((yield* realFileOf(state, image)) === top) return image.guid;
  return undefined;
}

/** Files that a device of this disk can have as its lowest delta. */
export interface Base {
  readonly path: string;
  readonly ino: bigint;
  /** `major:minor` of the file system. */
  readonly dev: string;
}

/** The images without parent, and the first one, which is what releases up to 1.15 take for the base. */
export function* basesOf(state: DiskState): Steps<readonly Base[]> {
  const { descriptor, graph } = state;
  const images = new Set(graph.nodes.filter(isBase).flatMap(({ image }) => image ?? []));
  const [first] = descriptor.images;
  if (first !== undefined) images.add(first);
  const bases: Base[] = [];
  for (const image of images) {
    const path = yield* realFileOf(state, image);
    if (path === undefined) continue;
    const { ino, dev } = yield* readable(path, status(path));
    bases.push({ path, ino, dev: deviceNumber(dev) });
  }
  return bases;
}

function* isOn(
  sys: string,
  state: DiskState,
  bases: readonly Base[],
  name: string,
): Steps<boolean> {
  const inode = yield* baseInodeOf(sys, name);
  const image = inode === undefined ? yield* baseImageOf(sys, name) : undefined;
  const isIt = bases.some(({ path, ino, dev }) =>
    inode === undefined ? path === image : ino === inode.ino && dev === inode.dev,
  );
  // Disks that are volumes of one parent have the same base; only the top distinguishes them.
  if (!isIt || state.descriptor.volume === undefined) return isIt;
  const device = yield* blockDevice(sys, name);
  if (device === undefined) return false;
  return (yield* shotOf(state, device)) !== undefined;
}

/** The real path of an image; `undefined` where there is no such file. */
function* realFileOf({ directory }: DiskState, { file }: Image): Steps<string | undefined> {
  const path = resolveFile(directory, file);
  try {
    return yield* realPath(path);
  } catch (cause) {
    if (isGone(cause)) return undefined;
    return yield* readable(path, realPath(path));
  }
}
