import { dirname } from 'node:path';

import { runAsync } from '@ploop/descriptor/internal';

import { requireArguments } from '../arguments/require.ts';
import { refuseMounted } from '../refusals/refuse-mounted.ts';
import { exclusively } from '../run/exclusively.ts';
import { verify } from '../run/verify.ts';
import { stateOf } from '../state/state.ts';
import { leadsTo, volumeAt, type VolumeOptions } from './volume.ts';

/** Which volume continues from which. */
export interface SwitchVolumeOptions extends VolumeOptions {
  /** The directory of the volume that is changed. */
  readonly from: string;
  /** The directory of the snapshot volume that it continues from. */
  readonly to: string;
}

/**
 * Has a volume that is on no device continue from a snapshot volume: `ploop volume switch` (releases 7.0.95 and later). What
 * was written to the volume since its last snapshot is lost: take another one first to keep it.
 *
 * @throws DescriptorError if there is no disk in one of the directories.
 * @throws RefusedError `VOLUME_HAS_CHILDREN` if others continue from the volume; `VOLUME_IS_WRITABLE` if `to` is not a snapshot;
 * `DISK_MOUNTED`, `NOT_IN_RELEASE`, `DISK_DAMAGED`, `DELTA_OUTSIDE`, `OPTION_INVALID`.
 */
export async function switchVolume(given: SwitchVolumeOptions): Promise<void> {
  requireArguments('switchVolume', [given]);
  const { from, to, signal, ...options } = given;
  const volumes = [await volumeAt(from, options), await volumeAt(to, options)] as const;
  const [changed, target] = volumes.map(({ descriptorPath }) => descriptorPath) as [string, string];
  const input = { from: dirname(changed), to: dirname(target) };
  await exclusively(
    volumes[0],
    async ({ runner }) => {
      for (const volume of volumes) await refuseMounted(volume, 'switchVolume');
      await runner.volumeSwitch(input, { signal });
      const isDone = await leadsTo(await runAsync(stateOf(changed)), input.to);
      verify(isDone, 'volume switch', `${input.from} on ${input.to}`);
    },
    { signal },
  );
}
