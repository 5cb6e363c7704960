import { resolve } from 'node:path';

import { createRunner, type CommandResult } from '@ploop/runner';

import { requireArguments } from '../arguments/require.ts';
import type { VolumeOptions } from './volume.ts';

/** A volume and those that hang on it. */
export type VolumeNode = CommandResult<'volumeTree'>;

/**
 * What hangs on a volume, as `ploop volume tree` tells (releases 7.0.95 and later); see {@link createVolume}.
 *
 * @throws RefusedError `NOT_IN_RELEASE`, `OPTION_INVALID`.
 */
export async function volumeTree(
  directory: string,
  options: Pick<VolumeOptions, 'runner' | 'signal'> = {},
): Promise<VolumeNode> {
  requireArguments('volumeTree', [directory, options]);
  const { runner = createRunner(), signal } = options;
  return runner.volumeTree({ volume: resolve(directory) }, { signal });
}
