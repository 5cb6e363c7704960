import { runAsync } from '@ploop/descriptor/internal';

import type { Device } from '../devices/device.ts';
import { findDevice } from '../devices/list-devices.ts';
import type { Roots } from '../io/roots.ts';
import type { DiskMount } from '../reads/disk-mount.ts';
import { mountsOf } from '../reads/mounts.ts';
import type { Source } from '../state/source.ts';

/** The devices of a disk, or none if the kernel does not report it: what is only to be said must not fail for it. */
export async function knownMounts(source: Source): Promise<readonly DiskMount[]> {
  try {
    return await runAsync(mountsOf(source));
  } catch {
    return [];
  }
}

/** What the kernel says of a device, where it says something. */
export async function knownDevice(node: string, roots: Roots): Promise<Device | undefined> {
  try {
    return await findDevice(node, { roots });
  } catch {
    return undefined;
  }
}
