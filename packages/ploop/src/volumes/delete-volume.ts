import { readdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';

import { leadsOutside, refuseTooManyOpen, runAsync } from '@ploop/descriptor/node';
import { RefusedError } from '@ploop/runner';

import { requireArguments } from '../arguments/require.ts';
import { failureOf } from '../io/failure.ts';
import { isThere } from '../io/is-there.ts';
import { refuseMounted } from '../mutations/refuse-mounted.ts';
import { exclusively } from '../mutations/target.ts';
import type { Source } from '../source.ts';
import { verify } from '../verify.ts';
import { CHILDREN } from './children.ts';
import { volumeAt, type VolumeOptions } from './volume.ts';

/**
 * Removes a volume that is on no device, with its data: `ploop volume delete` (releases 7.0.95 and later). See
 * {@link createVolume}.
 *
 * @throws DescriptorError where there is no disk in the directory.
 * @throws RefusedError `VOLUME_HAS_CHILDREN`, `DISK_MOUNTED`, `NOT_IN_RELEASE`, `DISK_DAMAGED`, `OPTION_INVALID`.
 */
export async function deleteVolume(directory: string, given: VolumeOptions = {}): Promise<void> {
  requireArguments('deleteVolume', [directory, given]);
  const { signal, ...options } = given;
  const source = await volumeAt(directory, options);
  const { descriptorPath } = source;
  const volume = dirname(descriptorPath);
  const remove = async ({ runner }: Source): Promise<void> => {
    await refuseMounted(source, 'deleteVolume');
    const [child] = await childrenOf(source, volume);
    if (child !== undefined)
      throw new RefusedError(
        'VOLUME_HAS_CHILDREN',
        `${join(volume, CHILDREN, child)} hangs on ${volume}`,
        'Delete what hangs on it first; volumeTree says what does.',
      );
    await runner.volumeDelete({ volume }, { signal });
    verify(!(await isThere(descriptorPath)), 'volume delete', `${volume} as gone`);
  };
  await exclusively(source, remove, { signal });
}

async function childrenOf({ confinement }: Source, volume: string): Promise<readonly string[]> {
  const directory = join(volume, CHILDREN);
  if (await runAsync(leadsOutside(directory, confinement)))
    throw new RefusedError(
      'DELTA_OUTSIDE',
      `${directory} leads outside`,
      'Look at where it leads.',
    );
  try {
    return await readdir(directory);
  } catch (error) {
    refuseTooManyOpen(directory, error);
    if (failureOf(error) === 'ENOENT') return [];
    throw new RefusedError(
      'VOLUME_HAS_CHILDREN',
      `cannot look into ${directory}: ${String(error)}`,
    );
  }
}
