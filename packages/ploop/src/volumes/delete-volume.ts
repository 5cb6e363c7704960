import { dirname } from 'node:path';

import { runAsync } from '@ploop/descriptor/node';
import { RefusedError } from '@ploop/runner';

import { requireArguments } from '../arguments/require.ts';
import { isThere } from '../io/is-there.ts';
import { refuseMounted } from '../mutations/refuse-mounted.ts';
import { exclusively } from '../mutations/target.ts';
import type { Source } from '../source.ts';
import { stateOf } from '../state.ts';
import { verify } from '../verify.ts';
import { childrenOf } from './children.ts';
import { leadsTo, volumeAt, type VolumeOptions } from './volume.ts';

/**
 * Removes a volume that is on no device: `ploop volume delete` (releases 7.0.95 and later). A snapshot volume from which one
 * volume continues is merged into that one, which keeps its content; its image stays in the directory where it is. Any
 * other volume goes with its data.
 *
 * Every release removes the directory with all that is in it, also the images of its snapshots. So delete the snapshots
 * of a volume first, in any order, then the volume.
 *
 * @throws DescriptorError if there is no disk in the directory.
 * @throws RefusedError `VOLUME_HOLDS_IMAGES` if images of other volumes are in the directory; `VOLUME_HAS_CHILDREN` if others
 * continue from the volume, unless it is a snapshot and it is one; `DISK_MOUNTED`, `NOT_IN_RELEASE`, `RELEASE_UNFIT`,
 * `DISK_DAMAGED`, `DELTA_OUTSIDE`, `OPTION_INVALID`.
 */
export async function deleteVolume(directory: string, given: VolumeOptions = {}): Promise<void> {
  requireArguments('deleteVolume', [directory, given]);
  const { signal, ...options } = given;
  const source = await volumeAt(directory, options);
  const { descriptorPath } = source;
  const volume = dirname(descriptorPath);
  const remove = async ({ runner }: Source): Promise<void> => {
    await refuseMounted(source, 'deleteVolume');
    const children = await childrenOf(volume, source.confinement);
    if (children instanceof Error) throw new RefusedError('VOLUME_HAS_CHILDREN', children.message);
    const heirs = await Promise.all(children.map((child) => volumeAt(child, options)));
    for (const heir of heirs) await refuseMounted(heir, 'deleteVolume');
    await runner.volumeDelete({ volume }, { signal });
    verify(!(await isThere(descriptorPath)), 'volume delete', `${volume} as gone`);
    for (const heir of heirs) {
      const after = await runAsync(stateOf(heir.descriptorPath));
      const isMerged = !(await leadsTo(after, volume));
      verify(isMerged, 'volume delete', `${volume} merged into ${heir.descriptorPath}`);
    }
  };
  await exclusively(source, remove, { signal });
}
