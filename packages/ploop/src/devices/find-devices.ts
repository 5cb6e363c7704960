import type { Steps } from '@ploop/descriptor/internal';

import { unreadable } from '../io/failure.ts';
import { namesIn } from '../io/kernel-files.ts';
import type { Roots } from '../io/roots.ts';
import { blockDevice, isBlockDevice } from './block.ts';
import type { Device, DriverFacts, Layer } from './device.ts';
import { layersOn } from './layers.ts';
import { isMapped, mappedDevice } from './mapper.ts';
import { mountPointsIn, mountTables, type MountTable, type Namespaces } from './mount-table.ts';

/** One driver: which entries of `/sys/block` can be its devices, and what it reports about one. */
interface Driver {
  readonly isOne: (name: string) => boolean;
  readonly device: (roots: Roots, name: string) => Steps<DriverFacts | undefined>;
}

const drivers: readonly Driver[] = [
  { isOne: isBlockDevice, device: ({ sys }, name) => blockDevice(sys, name) },
  { isOne: isMapped, device: mappedDevice },
];

/** How devices are looked for. */
export interface FindDevicesOptions {
  /** Default `own`. */
  readonly namespaces?: Namespaces | undefined;
}

/**
 * What `/sys/block` holds.
 *
 * @throws ReadError `KERNEL_UNREADABLE` where there is no such directory: nothing can be said then.
 */
export function* blockNames(sys: string): Steps<readonly string[]> {
  const path = `${sys}/block`;
  const names = yield* namesIn(path);
  if (names === undefined) throw unreadable(path, 'there is no such directory');
  return names;
}

/** All ploop devices of this machine, of either driver. */
export function* findDevices(
  roots: Roots,
  options: FindDevicesOptions = {},
): Steps<readonly Device[]> {
  return yield* devicesAmong(roots, yield* blockNames(roots.sys), options);
}

/** The ploop devices among some entries of `/sys/block`. */
export function* devicesAmong(
  roots: Roots,
  names: readonly string[],
  { namespaces = 'own' }: FindDevicesOptions = {},
): Steps<readonly Device[]> {
  const devices: Device[] = [];
  let tables: readonly MountTable[] | undefined;
  for (const name of names) {
    const facts = yield* drivers.find(({ isOne }) => isOne(name))?.device(roots, name) ?? nothing();
    if (facts === undefined) continue;
    const own = { node: facts.device, number: facts.number };
    const layers = yield* layersOn(roots.sys, name, own);
    tables ??= yield* mountTables(roots.proc, namespaces);
    devices.push(assemble(facts, layers, tables));
  }
  return devices;
}

// eslint-disable-next-line require-yield -- Nothing to do.
function* nothing(): Steps<undefined> {
  return undefined;
}

function assemble(
  facts: DriverFacts,
  layers: readonly Layer[],
  tables: readonly MountTable[],
): Device {
  const mountPoints = tables.flatMap((table) => mountPointsIn(table, layers));
  const reachable = mountPoints.filter(({ hidden, pid }) => !hidden && pid === undefined);
  const best = reachable.find(({ root }) => root === '/') ?? reachable[0];
  return {
    ...facts,
    partition: layers.at(-1)?.node ?? facts.device,
    layers,
    mountPoints,
    mountPoint: best?.path,
  };
}
