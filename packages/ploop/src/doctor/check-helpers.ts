import { access, constants } from 'node:fs/promises';
import { join } from 'node:path';

import type { Generation } from './check-tool.ts';
import type { PreflightFinding } from './finding.ts';

/** Where the tool looks for other programs, whatever PATH says. */
const PLACES = ['/sbin', '/bin', '/usr/sbin', '/usr/bin', '/usr/local/sbin'];

/** What the tool runs, and what cannot be done without it. */
const COMMON: Readonly<Record<string, string>> = {
  'mkfs.ext4': 'making file systems',
  tune2fs: 'making file systems',
  'fsck.ext4': 'checking file systems',
  resize2fs: 'resizing',
  dumpe2fs: 'resizing',
  lsof: 'saying what keeps a mount busy',
};
const HELPERS: Readonly<Record<Generation, Readonly<Record<string, string>>>> = {
  block: { parted: 'making partitions', ...COMMON },
  'device-mapper': {
    dmsetup: 'mounting',
    partprobe: 'mounting',
    'qemu-img': 'qcow2 images',
    ...COMMON,
  },
};

/** The programs that the tool runs. */
export async function checkHelpers(
  generation: Generation = 'block',
): Promise<readonly PreflightFinding[]> {
  const wanted = Object.entries(HELPERS[generation]);
  const there = await Promise.all(wanted.map(([name]) => isInstalled(name)));
  const missing = wanted.filter((_, index) => there[index] !== true);
  if (missing.length === 0)
    return [
      {
        code: 'HELPERS',
        severity: 'info',
        message: 'all programs that the tool runs',
        data: { programs: wanted.map(([name]) => name) },
      },
    ];
  const losses = missing.map(([name, loss]) => `${name} (${loss})`);
  return [
    {
      code: 'HELPERS_MISSING',
      severity: 'warning',
      message: `programs that the tool runs are missing: ${losses.join(', ')}`,
      hint: 'They are in the packages e2fsprogs, parted, lsof, dmsetup and qemu-utils.',
      data: { missing: missing.map(([name]) => name) },
    },
  ];
}

async function isInstalled(name: string): Promise<boolean> {
  const tries = PLACES.map((place) => access(join(place, name), constants.X_OK));
  return (await Promise.allSettled(tries)).some(({ status }) => status === 'fulfilled');
}
