import type { Bytes } from '@ploop/descriptor';

import { size } from '../argv/numbers.ts';
import { flag, isOn, option } from '../argv/options.ts';
import { formOf, targetArguments, targetKey } from '../argv/target.ts';
import { nothing, type Command } from '../command.ts';
import { grownTo } from '../effect/disks.ts';
import { refuseBypass } from '../guards/guards.ts';
import { refuseVolume } from '../guards/refuse-volume.ts';
import { refusePlanned } from '../harm/refuse-planned.ts';
import { refuseImagesOnDevice, refuseNamed } from './shared/in-use.ts';
import {
  checkDeviceSize,
  checkNewSize,
  DEFAULT_CLUSTER,
  refuseBeyondVersion1,
  refuseWithinCluster,
} from './shared/sizing.ts';

/** Input of `ploop grow`: what to make larger, named in one way. */
export type GrowInput = {
  /** Not less than now. In whole clusters; a raw disk can end within one with releases 1.x and 7 if it is not mounted. */
  readonly size: Bytes;
} & (
  | { readonly descriptor: string }
  | { readonly device: string }
  | {
      readonly image: string;
      readonly raw?: boolean | undefined;
      /** Marks the image as sparse (7.0.124 and later). */
      readonly sparse?: boolean | undefined;
    }
);

/**
 * `ploop grow`: makes the virtual disk larger, and nothing on it: `resize` does both. Only by descriptor does the
 * descriptor follow. With release 9 a disk must be mounted. Exit codes: 38 smaller than now, 4 no such file.
 *
 * Refused: version 1 beyond 2 TiB, of which the tool makes a smaller disk; an image with a descriptor beside it; a disk
 * or device that would end within a cluster: releases fail with exit code 38, hand the size to the driver as it is, or take
 * no snapshot of the raw disk that they made.
 */
export const grow: Command<GrowInput, void> = {
  name: 'grow',
  verbosity: 0,
  mutates: true,
  disk: targetKey,
  argv: (input) => {
    const form = formOf(input, ['descriptor', 'device', 'image']);
    const { raw, sparse } = 'image' in input ? input : {};
    return [
      '-s',
      size(input.size),
      ...option('-f', isOn('raw', raw) ? 'raw' : undefined),
      ...flag('-S', sparse),
      ...targetArguments(input, [form]),
    ];
  },
  guard: async (input, context) => {
    if ('descriptor' in input) {
      await refuseVolume('grow', input.descriptor, context);
      await refusePlanned('grow', input, context);
      await refuseNamed(input.descriptor, context);
      const disk = await checkNewSize(input.descriptor, input.size, context);
      await refuseWithinCluster(input.descriptor, input.size, disk, context);
      return;
    }
    if ('device' in input) {
      await checkDeviceSize(input.device, input.size, context);
      return;
    }
    await refuseBypass([input.image], context, 'Grow the descriptor, which grows the image.');
    await refuseImagesOnDevice([input.image], context, 'Unmount the image first.');
    if (input.raw !== true)
      refuseBeyondVersion1(
        input.size,
        DEFAULT_CLUSTER,
        'Grow it by its descriptor: the format version of a bare image is not known.',
      );
  },
  effect: (input) => ('descriptor' in input ? grownTo(input.descriptor, input.size) : undefined),
  parse: nothing,
};
