import { readdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';

import {
  confinementOf,
  leadsOutside,
  readable,
  realPath,
  refuseTooManyOpen,
  runAsync,
} from '@ploop/descriptor/node';
import { createRunner, RefusedError, type CommandResult } from '@ploop/runner';

import { requireArguments } from '../arguments/require.ts';
import { refuseOutside } from '../refuse-outside.ts';
import { CHILDREN } from './children.ts';
import type { VolumeOptions } from './volume.ts';

/** A volume and those that hang on it. */
export type VolumeNode = CommandResult<'volumeTree'>;

/** How to list the volumes that hang on a volume. */
export type VolumeTreeOptions = Pick<VolumeOptions, 'runner' | 'signal' | 'confine'>;

/**
 * Lists the volumes that hang on a volume, as `ploop volume tree` does (releases 7.0.95 and later); see
 * {@link createVolume}. The tool reads the descriptors of all of them: pass the directory that holds them as `confine`.
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
  await refuseChildrenOutside(volume, confine);
  return runner.volumeTree({ volume }, { signal });
}

async function refuseChildrenOutside(
  volume: string,
  confine: VolumeOptions['confine'],
): Promise<void> {
  const real = await runAsync(readable(volume, realPath(volume)));
  const confinement = await runAsync(confinementOf(real, { confine }));
  const children = join(real, CHILDREN);
  const refuseLeading = async (path: string): Promise<void> => {
    if (await runAsync(leadsOutside(path, confinement)))
      throw new RefusedError(
        'DELTA_OUTSIDE',
        `${path} leads out of ${confinement.within ?? real}`,
        'Pass the directory that holds all volumes as `confine`, or `false` if you trust the volume.',
      );
  };
  await refuseLeading(children);
  const names = await readdir(children).catch((cause: unknown) => {
    refuseTooManyOpen(children, cause);
    // The tool says what is wrong with it.
    return [];
  });
  for (const name of names) await refuseLeading(join(children, name));
}
