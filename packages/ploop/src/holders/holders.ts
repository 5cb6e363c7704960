import { resolveFile } from '@ploop/descriptor';
import { runAsync, type Steps } from '@ploop/descriptor/internal';
import { isGone, realPath } from '@ploop/descriptor/node/internal';

import { baseImageOf, baseInodeOf, blockDevice, isBlockDevice } from '../devices/block.ts';
import type { DriverFacts } from '../devices/device.ts';
import { blockNames } from '../devices/find-devices.ts';
import { mountTables } from '../devices/mount-table.ts';
import { placeOf } from '../devices/mountinfo.ts';
import { attribute, textOf } from '../io/kernel-files.ts';
import { ReadError } from '../io/read-error.ts';
import type { Roots } from '../io/roots.ts';
import { basesOf } from '../reads/block-match.ts';
import type { DiskMount } from '../reads/disk-mount.ts';
import { mountsOf } from '../reads/mounts.ts';
import { currentState, type Source } from '../state/source.ts';
import type { DiskState } from '../state/state.ts';
import { listedHolders, type Holder } from './listed-holders.ts';

/**
 * All devices that have images of a disk, for who is about to change it, those included that the tool does not see: it
 * passes over component names, and compares paths. If the kernel does not report it, the tool is asked; where there is no
 * sysfs, only if `/proc/partitions` has something that could be one.
 *
 * @throws RefusedError `MOUNT_UNKNOWN` if neither reports it, unless the disk was opened with `assumeUnmounted`.
 */
export async function holdersOf(source: Source): Promise<readonly Holder[]> {
  const found = await runAsync(foundHolders(source)).catch((error: unknown) => {
    if (error instanceof ReadError) return error;
    throw error;
  });
  if (found instanceof ReadError) {
    const isNone = found.code === 'KERNEL_UNREADABLE' && (await hasNone(source.roots));
    return isNone ? [] : listedHolders(source, [], found.message);
  }
  const { known, doubtful } = found;
  const [first] = doubtful;
  if (first === undefined) return known;
  const listed = await listedHolders(source, doubtful, `${first.device} may be a device of it`);
  return [...known, ...listed];
}

/**
 * The devices that write to a disk, or may.
 *
 * @throws RefusedError as {@link holdersOf}
 */
export async function writersOf(source: Source): Promise<readonly Holder[]> {
  return (await holdersOf(source)).filter(({ writes }) => writes);
}

/** A host of some thousand devices. */
const PARTITIONS_BYTES = 1024 * 1024;

/** Whether the table of partitions, which needs no sysfs, shows that there is no ploop device. */
async function hasNone({ proc }: Roots): Promise<boolean> {
  const table = textOf(`${proc}/partitions`, PARTITIONS_BYTES);
  const text = await runAsync(table).catch(() => undefined);
  return text !== undefined && !/\s(?:ploop|dm-)\S*$/m.test(text);
}

interface Found {
  readonly known: readonly Holder[];
  /** Devices that only the tool can judge. */
  readonly doubtful: readonly DiskMount[];
}

function* foundHolders(source: Source): Steps<Found> {
  const mounts = yield* mountsOf(source);
  const certain = mounts.filter(({ confidence }) => confidence === 'certain');
  const doubtful = mounts.filter(({ confidence }) => confidence !== 'certain');
  return { known: yield* knownHolders(source, certain), doubtful };
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

/** Releases up to 1.15 look for the path of the image that comes first; 7 for the inode, where the kernel reports it. */
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
  // Of volumes the base alone does not report it.
  if (names.length === 0 || state.descriptor.volume !== undefined) return [];
  const entries = (yield* mountTables(proc, 'own')).flatMap((table) => table.entries);
  const bases = yield* basesOf(state);
  const places = new Set(bases.map(({ path }) => placeOf(entries, path)));
  const found: DriverFacts[] = [];
  for (const name of names) {
    // The path of another mount namespace can be that of another file here.
    const inode = yield* baseInodeOf(sys, name);
    if (inode !== undefined && !bases.some(({ ino }) => ino === inode.ino)) continue;
    const base = yield* baseImageOf(sys, name);
    const place = base === undefined ? undefined : placeOf(entries, base);
    if (place === undefined || !places.has(place)) continue;
    const facts = yield* blockDevice(sys, name);
    if (facts !== undefined) found.push(facts);
  }
  return found;
}
