import { runAsync } from '@ploop/descriptor/node';

import type { MutationOptions } from '../mutations/target.ts';
import { sourceAt, type OpenDiskOptions } from '../open-disk.ts';
import { refuseDamaged } from '../refuse-damaged.ts';
import { refuseOutside } from '../refuse-outside.ts';
import type { Source } from '../source.ts';
import { stateOf } from '../state.ts';

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
