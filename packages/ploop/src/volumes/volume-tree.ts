import { resolve } from 'node:path';

import { createRunner, type CommandResult } from '@ploop/runner';

import type { VolumeOptions } from './volume.ts';

/** A volume and those that hang on it. */
export type VolumeNode = CommandResult<'volumeTree'>;

/** What hangs on a volume, as `ploop volume tree` tells (releases 7.0.95 and later); see {@link createVolume}. */
export function volumeTree(
  directory: string,
  { runner = createRunner(), signal }: Pick<VolumeOptions, 'runner' | 'signal'> = {},
): Promise<VolumeNode> {
  return runner.volumeTree({ volume: resolve(directory) }, { signal });
}
