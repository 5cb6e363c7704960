import { resolve } from 'node:path';

import { runAsync } from '@ploop/descriptor/internal';
import { confinementOf, readable, realPath } from '@ploop/descriptor/node/internal';
import { createRunner, type CommandResult } from '@ploop/runner';

import { requireArguments } from '../arguments/require.ts';
import { refuseOutside } from '../refusals/refuse-outside.ts';
import { childrenOf } from './children.ts';
import type { VolumeOptions } from './volume.ts';

/** A volume and those that hang on it. */
export type VolumeNode = CommandResult<'volumeTree'>;

/** How to list the volumes that hang on a volume. */
export type VolumeTreeOptions = Pick<VolumeOptions, 'runner' | 'signal' | 'confine'>;

/**
 * Lists the volumes that continue from a volume, as `ploop volume tree` does (releases 7.0.104 and later). The tool reads the descriptors of all of them: pass the directory that holds them as `confine`.
 *
 * @throws DescriptorError if there is no disk in the directory.
 * @throws RefusedError `DELTA_OUTSIDE`, `NOT_IN_RELEASE`, `OPTION_INVALID`.
 */
export async function volumeTree(
  directory: string,
  options: VolumeTreeOptions = {},
): Promise<VolumeNode> {
  requireArguments('volumeTree', [directory, options]);
  const { runner = createRunner(), signal, confine } = options;
  const volume = resolve(directory);
  await refuseOutside({ descriptorPath: volume, confine });
  const real = await runAsync(readable(volume, realPath(volume)));
  await childrenOf(real, await runAsync(confinementOf(real, { confine })));
  return runner.volumeTree({ volume }, { signal });
}
