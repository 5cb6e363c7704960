import { readdir } from 'node:fs/promises';
import { join } from 'node:path';

import { diagnostic } from '@ploop/descriptor';
import { refuseTooManyOpen, runAsync } from '@ploop/descriptor/internal';
import type { Confinement } from '@ploop/descriptor/node';
import { failureOf, leadsOutside, realPath } from '@ploop/descriptor/node/internal';
import { RefusedError } from '@ploop/runner';

/** Where a volume's directory has a symlink to the directory of each volume that continues from it. */
const CHILDREN = 'children';

/**
 * The links to the volumes that continue from one, or why they cannot be listed.
 *
 * @param volume - Real path of its directory.
 * @throws RefusedError `DELTA_OUTSIDE`
 */
export async function childrenOf(
  volume: string,
  confinement: Confinement,
): Promise<readonly string[] | Error> {
  const directory = join(volume, CHILDREN);
  await refuseLeading(directory, volume, confinement);
  const names = await readdir(directory).catch((error: unknown) => {
    refuseTooManyOpen(directory, error);
    if (failureOf(error) === 'ENOENT') return [];
    return new Error(`cannot look into ${directory}: ${String(error)}`);
  });
  if (names instanceof Error) return names;
  const links = names.map((name) => join(directory, name));
  for (const link of links) await refuseLeading(link, volume, confinement);
  return links;
}

async function refuseLeading(
  path: string,
  volume: string,
  confinement: Confinement,
): Promise<void> {
  if (!(await runAsync(leadsOutside(path, confinement)))) return;
  const { within = volume } = confinement;
  const directory = await runAsync(realPath(path)).catch(() => path);
  throw new RefusedError(
    'DELTA_OUTSIDE',
    `${path} leads out of ${within}`,
    diagnostic('VOLUME_OUTSIDE', { directory, within }).hint,
  );
}
