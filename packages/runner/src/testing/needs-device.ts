import { compareVersions, type Version } from '@ploop/descriptor/releases';

import { ExitCode } from '../errors/exit-codes.ts';
import { ToolExit } from './tool-exit.ts';

/** How a call ends that needs a device, where there is no driver. */
export function needsDevice(release: Version): ToolExit {
  return compareVersions(release, '8') < 0
    ? new ToolExit(
        ExitCode.DEVICE,
        "Error in ploop_getdevice (ploop.c:1): Can't open /proc/vz/ploop_minor: No such file or directory",
      )
    : new ToolExit(
        ExitCode.UNSPECIFIC,
        'Error in dm_create (dm.c:1): Failed to create ploop device /dev/mapper/ploop0: No such device or address',
      );
}
