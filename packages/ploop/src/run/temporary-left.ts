import type { Guid } from '@ploop/descriptor';
import { runAsync } from '@ploop/descriptor/internal';
import { devicesLeft, PloopError } from '@ploop/runner';

import type { Device } from '../devices/device.ts';
import { knownDevice, knownMounts } from '../holders/known-mounts.ts';
import type { DiskMount } from '../reads/disk-mount.ts';
import type { Source } from '../state/source.ts';
import { stateOf } from '../state/state.ts';
import { leaving } from './left-behind.ts';

/** What the tool makes of the name that it is given for a temporary snapshot. */
export function temporaryName(component: string): string {
  return `~${component}`;
}

/** The devices of a disk under a name that were not among those before. */
export async function newMounts(
  source: Source,
  name: string,
  before: readonly DiskMount[],
): Promise<readonly DiskMount[]> {
  const known = new Set(before.map(({ device }) => device));
  const now = await knownMounts(source);
  return now.filter(({ component, device }) => component === name && !known.has(device));
}

/** A failure to take a temporary snapshot, with the devices that there are of it. */
export async function leavingDevices(
  source: Source,
  error: unknown,
  name: string,
  { before, made }: { readonly before: readonly DiskMount[]; readonly made: string | undefined },
): Promise<unknown> {
  if (!(error instanceof PloopError)) return error;
  const devices = new Map<string, Device>();
  for (const device of await newMounts(source, name, before)) devices.set(device.device, device);
  for (const node of [made, ...devicesLeft(error)]) {
    if (node === undefined || before.some(({ device }) => device === node)) continue;
    const device = await knownDevice(node, source.roots);
    // A device of the block driver that the tool has cleared has a number that others may have got.
    const isOurs = device?.generation === 'device-mapper' || device?.component === name;
    if (device !== undefined && isOurs) devices.set(device.device, device);
  }
  return leaving(error, [...devices.values()].map(titleOf));
}

/** A failure to end a temporary snapshot, with what there still is of it. */
export async function leavingSnapshot(
  source: Source,
  error: unknown,
  guid: Guid,
  node: string,
): Promise<unknown> {
  if (!(error instanceof PloopError)) return error;
  const mounts = await knownMounts(source);
  const device = mounts.find((mount) => mount.device === node);
  const state = await runAsync(stateOf(source.descriptorPath)).catch(() => undefined);
  const isThere = state?.graph.node(guid)?.temporary === true;
  return leaving(error, [
    ...(device === undefined ? [] : [titleOf(device)]),
    ...(isThere ? [`temporary snapshot ${guid}`] : []),
  ]);
}

function titleOf({ device, component, mountPoint }: Device): string {
  const name = component === '' ? '' : `, under the name ${JSON.stringify(component)}`;
  return `${device}${name}${mountPoint === undefined ? '' : `, mounted at ${mountPoint}`}`;
}
