import { dirname } from 'node:path';

import { requireArguments } from '../arguments/require.ts';
import { refuseMounted } from '../mutations/refuse-mounted.ts';
import { exclusively } from '../mutations/target.ts';
import { volumeAt, type VolumeOptions } from './volume.ts';

/** Which volume goes on from which. */
export interface SwitchVolumeOptions extends VolumeOptions {
  /** The directories of two volumes, in the order in which `ploop volume switch` takes them. */
  readonly from: string;
  readonly to: string;
}

/**
 * Has a volume that is on no device go on from the state of another: `ploop volume switch FROM TO` (releases 7.0.95 and
 * later). What it makes of the two directories is not known well enough to be read back; see {@link createVolume}.
 *
 * @throws DescriptorError where there is no disk in one of the directories.
 * @throws RefusedError `DISK_MOUNTED`, `NOT_IN_RELEASE`, `DISK_DAMAGED`, `OPTION_INVALID`.
 */
export async function switchVolume(given: SwitchVolumeOptions): Promise<void> {
  requireArguments('switchVolume', [given]);
  const { from, to, signal, ...options } = given;
  const volumes = [await volumeAt(from, options), await volumeAt(to, options)] as const;
  const paths = volumes.map(({ descriptorPath }) => dirname(descriptorPath));
  const [first = from, second = to] = paths;
  await exclusively(
    volumes[0],
    async ({ runner }) => {
      for (const volume of volumes) await refuseMounted(volume, 'switchVolume');
      await runner.volumeSwitch({ from: first, to: second }, { signal });
    },
    { signal },
  );
}
