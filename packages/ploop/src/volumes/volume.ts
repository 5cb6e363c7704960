import { locateDescriptor, runAsync } from '@ploop/descriptor/node';
import { createRunner } from '@ploop/runner';

import { createMemory } from '../memory.ts';
import type { MutationOptions } from '../mutations/target.ts';
import type { OpenDiskOptions } from '../open-disk.ts';
import { refuseDamaged } from '../refuse-damaged.ts';
import { rootsOf } from '../roots.ts';
import type { Source } from '../source.ts';
import { stateOf } from '../state.ts';

/** What every change of volumes can be given. */
export interface VolumeOptions extends OpenDiskOptions, MutationOptions {}

/**
 * A volume that is there, and whole.
 *
 * @throws DescriptorError where there is no disk in the directory.
 * @throws RefusedError `DISK_DAMAGED`
 */
export async function volumeAt(directory: string, options: OpenDiskOptions): Promise<Source> {
  const descriptorPath = await runAsync(locateDescriptor(directory));
  const roots = rootsOf(options.roots);
  refuseDamaged(await runAsync(stateOf(descriptorPath)));
  const runner = options.runner ?? createRunner();
  return { descriptorPath, roots, runner, memory: createMemory(false, roots) };
}
