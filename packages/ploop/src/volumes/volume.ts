import { resolveFile } from '@ploop/descriptor';
import { runAsync } from '@ploop/descriptor/internal';
import { realPath } from '@ploop/descriptor/node/internal';

import { refuseDamaged } from '../refusals/refuse-damaged.ts';
import { refuseOutside } from '../refusals/refuse-outside.ts';
import type { MutationOptions } from '../run/run-target.ts';
import { sourceAt, type OpenDiskOptions } from '../state/source-at.ts';
import type { Source } from '../state/source.ts';
import { stateOf, type DiskState } from '../state/state.ts';

/** What every change of volumes can be given. */
export interface VolumeOptions extends OpenDiskOptions, MutationOptions {}

/**
 * A volume that is there, and whole.
 *
 * @throws DescriptorError where there is no disk in the directory.
 * @throws RefusedError `DELTA_OUTSIDE`, `DISK_DAMAGED`
 */
export async function volumeAt(directory: string, options: OpenDiskOptions): Promise<Source> {
  const source = await runAsync(sourceAt(directory, { ...options, cache: false }));
  await refuseOutside(source);
  refuseDamaged(await runAsync(stateOf(source.descriptorPath)));
  return source;
}

/** Whether the parent of a volume is the one in a real directory, which may be gone. */
export async function leadsTo(
  { descriptor: { volume }, directory }: DiskState,
  parent: string,
): Promise<boolean> {
  if (volume?.parent === undefined) return false;
  const path = resolveFile(directory, volume.parent, '9');
  return path === parent || (await runAsync(realPath(path)).catch(() => path)) === parent;
}
