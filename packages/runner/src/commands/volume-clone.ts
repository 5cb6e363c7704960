import { imagePath, option, path } from '../argv.ts';
import { nothing, type Command } from '../command.ts';
import { refuseExisting } from '../guards.ts';

/** Input of `ploop volume clone`. */
export interface VolumeCloneInput {
  readonly source: string;
  /** The directory to make. */
  readonly target: string;
  /** Where its image is put. Default: into the volume. */
  readonly image?: string | undefined;
}

/**
 * `ploop volume clone`: a new volume that begins as another, which can no longer be written to. Exit codes: 38
 * parameters, 39 descriptor.
 */
export const volumeClone: Command<VolumeCloneInput, void> = {
  name: 'volume clone',
  verbosity: 0,
  mutates: true,
  releases: [{ since: '7.0.95' }],
  disk: ({ source }) => source,
  argv: ({ source, target, image }) => [
    ...option('--image', image === undefined ? undefined : imagePath(image)),
    path(source),
    path(target),
  ],
  guard: async ({ target, image }, context) => {
    await refuseExisting(target, context);
    if (image !== undefined) await refuseExisting(image, context);
  },
  parse: nothing,
};
