import { imagePath, option, path } from '../argv.ts';
import { nothing, type Command } from '../command.ts';
import { refuseExisting } from '../guards.ts';

/** Input of `ploop volume snapshot`. */
export interface VolumeSnapshotInput {
  readonly source: string;
  /** The directory to make. */
  readonly target: string;
  /** Where its image is put. Default: into the volume. */
  readonly image?: string | undefined;
}

/**
 * `ploop volume snapshot`: a read-only volume that keeps another as it is now. Exit codes: 38
 * parameters, 39 descriptor.
 */
export const volumeSnapshot: Command<VolumeSnapshotInput, void> = {
  name: 'volume snapshot',
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
