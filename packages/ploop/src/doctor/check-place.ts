import { statfs } from 'node:fs/promises';

import { runAsync } from '@ploop/descriptor/internal';

import { mountTables } from '../devices/mount-table.ts';
import { mountOf } from '../devices/mountinfo.ts';
import type { Roots } from '../io/roots.ts';
import type { PreflightFinding } from './finding.ts';

/** What images can lie on while they are mounted. */
const SUITABLE = ['ext4', 'nfs', 'nfs4', 'fuse.vstorage', 'fuse.pstorage', 'pcs'];

/** The file system of a directory for images, and the space on it. */
export async function checkPlace(
  directory: string,
  roots: Roots,
  growth: number | undefined,
): Promise<readonly PreflightFinding[]> {
  return [await fileSystemAt(directory, roots), await spaceAt(directory, growth)];
}

async function fileSystemAt(directory: string, { proc }: Roots): Promise<PreflightFinding> {
  const tables = await runAsync(mountTables(proc, 'own')).catch(() => []);
  const entries = tables.flatMap((table) => table.entries);
  const mount = mountOf(entries, directory);
  if (mount === undefined)
    return {
      code: 'FILE_SYSTEM_UNKNOWN',
      severity: 'warning',
      message: `what ${directory} lies on is not known`,
      data: { directory },
    };
  const { type, mountPoint } = mount;
  const data = { directory, type, mountPoint };
  if (SUITABLE.includes(type))
    return {
      code: 'FILE_SYSTEM',
      severity: 'info',
      message: `${directory} lies on ${type}, mounted at ${mountPoint}`,
      data,
    };
  return {
    code: 'FILE_SYSTEM_UNSUITABLE',
    severity: 'error',
    message: `${directory} lies on ${type}, mounted at ${mountPoint}: the driver mounts no image there`,
    hint: 'Images must lie on ext4 with extents, NFS or Virtuozzo storage. What needs no mount works anywhere.',
    data,
  };
}

async function spaceAt(directory: string, growth: number | undefined): Promise<PreflightFinding> {
  const found = await statfs(directory).catch((cause: unknown) => String(cause));
  if (typeof found === 'string')
    return {
      code: 'SPACE_UNKNOWN',
      severity: 'warning',
      message: `cannot determine the free space at ${directory}: ${found}`,
      data: { directory },
    };
  const { bavail, bsize } = found;
  const free = bavail * bsize;
  const data = { directory, free, growth };
  if (growth !== undefined && growth > free)
    return {
      code: 'SPACE_OVERCOMMITTED',
      severity: 'warning',
      message: `${String(free)} bytes are free, and the disk can grow by ${String(growth)}`,
      hint: 'A mounted disk that finds no space fails its writes.',
      data,
    };
  return { code: 'SPACE', severity: 'info', message: `${String(free)} bytes are free`, data };
}
