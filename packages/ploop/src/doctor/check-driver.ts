import { runAsync, type Steps } from '@ploop/descriptor/internal';

import { namesIn, textOf } from '../io/kernel-files.ts';
import type { Roots } from '../io/roots.ts';
import type { Generation } from './check-tool.ts';
import type { PreflightFinding } from './finding.ts';

/** The kernel modules of each driver. */
const MODULES: Readonly<Record<Generation, readonly string[]>> = {
  block: ['ploop', 'pfmt_ploop1', 'pfmt_raw', 'pio_direct', 'pio_nfs', 'pio_kaio'],
  'device-mapper': ['ploop', 'dm_ploop', 'dm_qcow2', 'dm_tracking'],
};
const DEVICES_BYTES = 1024 * 1024;

/** The driver in the kernel, and whether it is the one that the tool works with. */
export async function checkDriver(
  { sys, proc }: Roots,
  wanted: Generation | undefined,
): Promise<readonly PreflightFinding[]> {
  const loaded = (await orNone(namesIn(`${sys}/module`))) ?? [];
  const vz = (await orNone(namesIn(`${proc}/vz`))) ?? [];
  const devices = (await orNone(textOf(`${proc}/devices`, DEVICES_BYTES))) ?? '';
  const isBlock = vz.includes('ploop_minor') || loaded.includes('pfmt_ploop1');
  const isMapper =
    !isBlock &&
    (loaded.includes('ploop') || loaded.includes('dm_ploop')) &&
    devices.includes('device-mapper');
  const found = isBlock ? 'block' : isMapper ? 'device-mapper' : undefined;
  const modules = MODULES[found ?? wanted ?? 'block'].filter((name) => loaded.includes(name));
  // A block driver that knows disks beyond 2 TiB, so format version 2, says so by a parameter; device-mapper knows no other.
  const parameters = (await orNone(namesIn(`${sys}/module/ploop/parameters`))) ?? [];
  const largeDisks = isMapper || (isBlock && parameters.includes('large_disk_support'));
  const data = { generation: found, wanted, modules, largeDisks };
  if (found === undefined)
    return [
      {
        code: 'DRIVER_MISSING',
        severity: 'error',
        message: 'the kernel has no ploop driver: disks cannot be mounted or resized',
        hint: 'Load its modules: runner.loadModules(). Only kernels of OpenVZ and Virtuozzo have them.',
        data,
      },
    ];
  if (wanted !== undefined && wanted !== found)
    return [
      {
        code: 'DRIVER_OF_OTHER_RELEASES',
        severity: 'error',
        message: `the driver is of the ${found} generation, the tool of the ${wanted} one`,
        hint: 'Releases up to 7 and the block driver go together, and 8 and 9 and device-mapper.',
        data,
      },
    ];
  return [{ code: 'DRIVER', severity: 'info', message: `${found} driver`, data }];
}

/** What the kernel does not let us read is not there. */
function orNone<Result>(steps: Steps<Result | undefined>): Promise<Result | undefined> {
  return runAsync(steps).catch(() => undefined);
}
