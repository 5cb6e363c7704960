import { dirname } from 'node:path';

import { resolveFile } from '@ploop/descriptor';
import { runAsync } from '@ploop/descriptor/internal';
import { RefusedError } from '@ploop/runner';

import { requireArguments } from '../arguments/require.ts';
import { isThere } from '../io/is-there.ts';
import { refuseImages } from '../refusals/refuse-images.ts';
import { refuseMounted } from '../refusals/refuse-mounted.ts';
import { exclusively } from '../run/exclusively.ts';
import { verify } from '../run/verify.ts';
import type { Source } from '../state/source.ts';
import { stateOf } from '../state/state.ts';
import { wholeState } from '../state/whole-state.ts';
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
 * continue from the volume, unless it is a snapshot and it is one; `DISK_DAMAGED` if an image is missing or damaged of which
 * one is merged into the other; `DISK_MOUNTED`, `NOT_IN_RELEASE`, `RELEASE_UNFIT`, `IMAGE_LINKED`, `DELTA_OUTSIDE`,
 * `OPTION_INVALID`.
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
    for (const heir of heirs) {
      await refuseMounted(heir, 'deleteVolume');
      await refuseMerge(heir);
    }
    await runner.volumeDelete({ volume }, { signal });
    for (const heir of heirs) {
      const after = await runAsync(stateOf(heir.descriptorPath));
      const isMerged = !(await leadsTo(after, volume));
      verify(isMerged, 'volume delete', `${volume} merged into ${heir.descriptorPath}`);
    }
  };
  await exclusively(source, remove, { signal });
}

/**
 * Refuses to merge the parent of a volume into it if their images do not allow it. The tool notices only after it has
 * written the descriptor.
 *
 * @throws RefusedError `DISK_DAMAGED`, `IMAGE_LINKED`
 */
async function refuseMerge(heir: Source): Promise<void> {
  const state = await runAsync(wholeState(heir));
  const steps = state.graph.nodes.flatMap(({ foreign, parentGuid, image }) => {
    const parent = state.graph.node(parentGuid);
    if (foreign === true || parent?.foreign !== true) return [];
    if (image === undefined || parent.image === undefined) return [];
    return [{ step: 'merge', file: image.file, into: parent.image.file } as const];
  });
  for (const file of steps.flatMap((step) => [step.file, step.into])) {
    const path = resolveFile(state.directory, file, '9');
    if (!(await isThere(path)))
      throw new RefusedError(
        'DISK_DAMAGED',
        `deleteVolume is refused: ${path} is missing, and would be merged`,
        'Bring the image back first. If it is lost, so are the volumes above it: remove their directories.',
      );
  }
  await refuseImages(heir, state, steps, { operation: 'deleteVolume' });
}
