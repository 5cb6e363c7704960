import type { Bytes } from '@ploop/descriptor';

import { optionalChoice } from '../argv/choices.ts';
import { clusterSectors, size } from '../argv/numbers.ts';
import { option } from '../argv/options.ts';
import { imagePath, path } from '../argv/paths.ts';
import { optionalText } from '../argv/texts.ts';
import { nothing, type Command } from '../command.ts';
import { volumeMade } from '../effect/made.ts';
import { refuseExisting } from '../guards/guards.ts';
import { keyOf, type ImageFormat } from './init.ts';

/** Input of `ploop volume create`. */
export interface VolumeCreateInput {
  /** The directory to make. */
  readonly volume: string;
  readonly size: Bytes;
  /** Where the image is put. Default: into the volume. */
  readonly image?: string | undefined;
  readonly format?: ImageFormat | undefined;
  readonly clusterSize?: Bytes | undefined;
  readonly fileSystem?: 'none' | 'ext3' | 'ext4' | undefined;
  readonly label?: string | undefined;
  /** The id of an encryption key. */
  readonly keyId?: string | undefined;
}

/**
 * `ploop volume create`: a directory with a disk in it, of which clones and snapshots can be made. Exit codes: as `init`.
 *
 * Refused: a key without a file system, which the tool does not store.
 */
export const volumeCreate: Command<VolumeCreateInput, void> = {
  name: 'volume create',
  verbosity: 0,
  mutates: true,
  disk: ({ volume }) => volume,
  argv: (input) => [
    '-s',
    size(input.size),
    ...option('--image', input.image === undefined ? undefined : imagePath(input.image)),
    ...option('-b', clusterSectors(input.clusterSize)),
    ...option('-f', optionalChoice(input.format, ['expanded', 'preallocated', 'raw'])),
    ...option('-t', optionalChoice(input.fileSystem, ['none', 'ext3', 'ext4'])),
    ...option('-L', optionalText(input.label)),
    ...option('-k', keyOf(input)),
    path(input.volume),
  ],
  guard: async ({ volume, image }, context) => {
    await refuseExisting(volume, context);
    if (image !== undefined) await refuseExisting(image, context);
  },
  effect: volumeMade,
  parse: nothing,
};
