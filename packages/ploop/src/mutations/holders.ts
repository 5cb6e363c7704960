import { isBase, resolveFile } from '@ploop/descriptor';
import { realPath, runAsync, type Steps } from '@ploop/descriptor/node';
import { isPloopError, RefusedError, type Runner } from '@ploop/runner';

import { baseInodeOf, blockDevice, isBlockDevice } from '../devices/block.ts';
import type { DriverFacts } from '../devices/device.ts';
import { blockNames } from '../devices/find-devices.ts';
import { mountTables } from '../devices/mount-table.ts';
import { placeOf } from '../devices/mountinfo.ts';
import { isGone } from '../io/failure.ts';
import { attribute, textOf } from '../io/kernel-files.ts';
import { ReadError } from '../read-error.ts';
import { basesOf } from '../reads/block-match.ts';
import { mountsOf, type DiskMount } from '../reads/mounts.ts';
import type { Roots } from '../roots.ts';
import { currentState, type Source } from '../source.ts';
import type { DiskState } from '../state.ts';

/** A device that has images of a disk. */
export interface Holder {
  /** `/dev/ploop1`; the name alone where only the tool tells of it. */
  readonly device: string;
  /** The name given with `mount -c`; empty for an ordinary mount. */
  readonly component: string;
  /** Whether it writes to the disk; true where nobody says that it does not. */
  readonly writes: boolean;
  /** Whether the tool takes it for the device of the disk, and works on it instead of on the images below. */
  readonly seen: boolean;
}

/**
 * All devices that have images of a disk, for who is about to change it, those included that the tool does not see: it
 * passes over component names, and compares paths. Where the kernel does not tell, the tool is asked; where there is no
 * sysfs, only if `/proc/partitions` has something that could be one.
 *
 * @throws RefusedError `MOUNT_UNKNOWN` where neither tells, unless the disk was opened with `assumeUnmounted`.
 */
export async function holdersOf(source: Source): Promise<readonly Holder[]> {
  const found = await runAsync(mountsOf(source)).catch((error: unknown) => {
    if (error instanceof ReadError) return error;
    throw error;
  });
  if (found instanceof ReadError) {
    const isNone = found.code === 'KERNEL_UNREADABLE' && (await runAsync(hasNone(source.roots)));
    return isNone ? [] : listedHolders(source, [], found.message);
  }
  const certain = found.filter(({ confidence }) => confidence === 'certain');
  const doubtful = found.filter(({ confidence }) => confidence !== 'certain');
  const known = await runAsync(knownHolders(source, certain));
  const [first] = doubtful;
  if (first === undefined) return known;
  const listed = await listedHolders(source, doubtful, `${first.device} may be a device of it`);
  return [...known, ...listed];
}

/** A host of some thousand devices. */
const PARTITIONS_BYTES = 1024 * 1024;

/** Whether the table of partitions, which needs no sysfs, shows that there is no ploop device. */
function* hasNone({ proc }: Roots): Steps<boolean> {
  const text = yield* textOf(`${proc}/partitions`, PARTITIONS_BYTES);
  return text !== undefined && !/\s(?:ploop|dm-)\S*$/m.test(text);
}

function* knownHolders(source: Source, certain: readonly DiskMount[]): Steps<readonly Holder[]> {
  const { sys } = source.roots;
  const state = yield* currentState(source);
  const holders: Holder[] = [];
  for (const mount of certain) {
    const seen = mount.component === '' && (yield* isSeen(sys, state, mount));
    holders.push({ ...mount, writes: yield* isWriting(sys, mount), seen });
  }
  for (const facts of yield* aliasedDevices(source, state))
    if (!certain.some(({ kernelName }) => kernelName === facts.kernelName))
      holders.push({ ...facts, writes: yield* isWriting(sys, facts), seen: false });
  return holders;
}

/** Releases up to 1.15 look for the path of the image that comes first; 7 for the inode, where the kernel tells it. */
function* isSeen(
  sys: string,
  { descriptor, directory }: DiskState,
  { kernelName, images = [] }: DriverFacts,
): Steps<boolean> {
  if ((yield* baseInodeOf(sys, kernelName)) !== undefined) return true;
  const path = resolveFile(directory, descriptor.images[0]?.file ?? '');
  try {
    return (yield* realPath(path)) === images[0];
  } catch (cause) {
    if (isGone(cause)) return false;
    throw cause;
  }
}

/** Whether the driver may write to the top of a device. */
function* isWriting(
  sys: string,
  { kernelName, images = [], readonly }: DriverFacts,
): Steps<boolean> {
  const top = `${sys}/block/${kernelName}/pdelta/${String(images.length - 1)}`;
  const told = yield* attribute(`${top}/ro`);
  return told === undefined ? !readonly : told !== '1';
}

/** Devices that name the base by another path: through a bind mount of its directory. */
function* aliasedDevices(source: Source, state: DiskState): Steps<readonly DriverFacts[]> {
  const { sys, proc } = source.roots;
  const names = (yield* blockNames(sys)).filter(isBlockDevice);
  // Of volumes the base alone does not tell.
  if (names.length === 0 || state.descriptor.volume !== undefined) return [];
  const entries = (yield* mountTables(proc, 'own')).flatMap((table) => table.entries);
  const bases = yield* basesOf(state);
  const places = new Set(bases.map(({ path }) => placeOf(entries, path)));
  const found: DriverFacts[] = [];
  for (const name of names) {
    // The path of another mount namespace can be that of another file here.
    const inode = yield* baseInodeOf(sys, name);
    if (inode !== undefined && !bases.some(({ ino }) => ino === inode.ino)) continue;
    const facts = yield* blockDevice(sys, name);
    const [base] = facts?.images ?? [];
    if (facts !== undefined && base !== undefined && places.has(placeOf(entries, base)))
      found.push(facts);
  }
  return found;
}

type Row = Awaited<ReturnType<Runner['list']>>[number];

/** What the tool lists of a disk. */
async function listedHolders(
  source: Source,
  mounts: readonly DiskMount[],
  why: string,
): Promise<readonly Holder[]> {
  let rows: readonly Row[];
  try {
    // Every image of a device-mapper device; other drivers have no such option.
    rows = await source.runner.list(mounts.length > 0 ? { allImages: true } : {});
  } catch (error) {
    if (!isPloopError(error)) throw error;
    if (source.assumeUnmounted) return [];
    throw new RefusedError(
      'MOUNT_UNKNOWN',
      `nobody tells whether ${source.descriptorPath} is on a device: ${why}; ${error.message}`,
      'Where you know that no device has the disk, open it with { assumeUnmounted: true }.',
    );
  }
  const { images, base } = await runAsync(namesOf(source));
  return rows
    .filter((row) => row.images.some((image) => images.has(image)))
    .map((row) => {
      const mount = mounts.find(({ device }) => device.endsWith(`/${row.device}`));
      const component = row.component ?? mount?.component ?? '';
      return {
        device: mount?.device ?? row.device,
        component,
        writes: mount?.readonly !== true,
        seen: component === '' && row.images.includes(base),
      };
    });
}

/** All names of the images of a disk, and the one by which the tool looks for its device. */
function* namesOf(
  source: Source,
): Steps<{ readonly images: ReadonlySet<string>; readonly base: string }> {
  const { descriptor, directory, graph } = yield* currentState(source);
  const images = new Set<string>();
  for (const { file } of descriptor.images) {
    const path = resolveFile(directory, file);
    images.add(path);
    try {
      images.add(yield* realPath(path));
    } catch {
      // What is not there is on no device under this name.
    }
  }
  const root = graph.nodes.find(isBase);
  return { images, base: resolveFile(directory, root?.image?.file ?? '') };
}
