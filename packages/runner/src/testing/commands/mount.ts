import { ExitCode } from '../../errors/exit-codes.ts';
import { holds } from '../facts.ts';
import { isThere } from '../is-there.ts';
import type { SimulatedCommand } from '../simulation.ts';
import { notSimulated, ToolExit } from '../tool-exit.ts';
import { UsageError } from '../usage-error.ts';

/** `ploop mount` of a file that is missing, which fails before a device is needed. */
export const mount: SimulatedCommand = {
  shape: 'rFf:d:m:t:u:o:b:c:nqsa',
  usage: '[-r] [-m DIR] DiskDescriptor.xml',
  run: async ({ simulation, words }) => {
    const [path] = words.operands;
    if (path === undefined) throw new UsageError();
    if (await isThere(path)) throw notSimulated('mount');
    if (holds('missingIsOpen', simulation.release)) throw new ToolExit(ExitCode.OPEN);
    const line = holds('mountLine1731', simulation.release) ? 1731 : 1610;
    throw new ToolExit(
      ExitCode.MOUNT,
      `Error in check_mount_restrictions (ploop.c:${String(line)}): Unable to statfs ${path}: No such file or directory`,
    );
  },
};
