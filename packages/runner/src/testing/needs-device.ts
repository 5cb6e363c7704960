import { compareVersions, type Version } from '@ploop/descriptor/releases';

import { ToolExit } from './tool-exit.ts';

const NO_DRIVER = 2;
const NO_DEVICE = 255;

/** How a call ends that needs a device, where there is no driver. */
export function needsDevice(release: Version): ToolExit {
  return compareVersions(release, '8') < 0
    ? new ToolExit(
        NO_DRIVER,
        "Error in ploop_getdevice (ploop.c:1): Can't open /proc/vz/ploop_minor: No such file or directory",
      )
    : new ToolExit(
        NO_DEVICE,
        'Error in dm_create (dm.c:1): Failed to create ploop device /dev/mapper/ploop0: No such device or address',
      );
}
