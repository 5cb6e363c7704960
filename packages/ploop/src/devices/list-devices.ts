import { runAsync, runSync, type Steps } from '@ploop/descriptor/internal';

import { requireArguments } from '../arguments/require.ts';
import { rootsOf, type Roots } from '../io/roots.ts';
import type { Device } from './device.ts';
import { findDevices, type FindDevicesOptions } from './find-devices.ts';
import { findByMountPoint, findByNode } from './look-up.ts';

/** How the devices of a machine are looked for. */
export interface ListDevicesOptions extends FindDevicesOptions {
  /** Where the kernel's files are. Default: `/sys`, `/proc`, `/dev` and `/run`. */
  readonly roots?: Partial<Roots> | undefined;
}

/**
 * All ploop devices of this machine that have images, those in transition included.
 *
 * @throws ReadError `KERNEL_UNREADABLE`, and `DEVICE_TRANSITIONAL` where a device changes under every look at it.
 * @throws RefusedError `OPTION_INVALID` for an argument or an option of the wrong type.
 */
export function listDevices(options?: ListDevicesOptions): Promise<readonly Device[]> {
  return runAsync(listing(options));
}

/** {@link listDevices}, blocking. */
export function listDevicesSync(options?: ListDevicesOptions): readonly Device[] {
  return runSync(listing(options));
}

/**
 * The device whose file system is mounted at a path, which may be a symlink; `undefined` where none is.
 *
 * @throws ReadError and RefusedError as {@link listDevices}.
 */
export function deviceOfMountPoint(
  path: string,
  options?: ListDevicesOptions,
): Promise<Device | undefined> {
  return runAsync(atMountPoint(path, options));
}

/** {@link deviceOfMountPoint}, blocking. */
export function deviceOfMountPointSync(
  path: string,
  options?: ListDevicesOptions,
): Device | undefined {
  return runSync(atMountPoint(path, options));
}

/**
 * The device that a node is of: its own, that of its partition, or of what is mapped on it; or a symlink to one of these.
 * `undefined` where it is of no ploop device that has images.
 *
 * @throws ReadError and RefusedError as {@link listDevices}.
 */
export function findDevice(
  node: string,
  options?: ListDevicesOptions,
): Promise<Device | undefined> {
  return runAsync(withNode(node, options));
}

/** {@link findDevice}, blocking. */
export function findDeviceSync(node: string, options?: ListDevicesOptions): Device | undefined {
  return runSync(withNode(node, options));
}

function* listing(options: ListDevicesOptions = {}): Steps<readonly Device[]> {
  requireArguments('listDevices', [options]);
  return yield* findDevices(rootsOf(options.roots), options);
}

function* atMountPoint(path: string, options?: ListDevicesOptions): Steps<Device | undefined> {
  requireArguments('deviceOfMountPoint', [path, options]);
  return yield* findByMountPoint(path, listing(options));
}

function* withNode(node: string, options?: ListDevicesOptions): Steps<Device | undefined> {
  requireArguments('findDevice', [node, options]);
  return yield* findByNode(node, rootsOf(options?.roots), listing(options));
}
