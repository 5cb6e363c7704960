import { basename, join } from 'node:path';

import { parseGuid, type Bytes } from '@ploop/descriptor';

import { clusterSectors } from '../argv/numbers.ts';
import { option } from '../argv/options.ts';
import { imagePath, path } from '../argv/paths.ts';
import { nothing, type Command } from '../command.ts';
import { RefusedError } from '../errors.ts';
import { DESCRIPTOR_NAME, refuseExisting, requireDirectory } from '../guards.ts';

/** Input of `ploop restore-descriptor`. */
export interface RestoreDescriptorInput {
  /** Where DiskDescriptor.xml is written. */
  readonly directory: string;
  /** The one image of the disk. */
  readonly image: string;
  /** Given for a raw image. Default of the cluster size: the largest up to 1 MiB that the image is whole ones of. */
  readonly raw?: { readonly clusterSize?: Bytes | undefined } | undefined;
}

/** What `snapshot` calls the images that it makes: the base, a dot and a GUID. */
const DELTA_SUFFIX = /\.(\{[^{}]{36}\})$/;

/**
 * `ploop restore-descriptor`: writes a descriptor for one image. A chain of snapshots cannot be restored so. Exit codes:
 * 4 no such image, or none, 11 another format, 38 the descriptor exists, or the image is not whole clusters.
 *
 * Refused: an image that has the name of a snapshot delta. The tool takes it for a disk by itself, and all that is in the
 * images below reads as zeros.
 */
export const restoreDescriptor: Command<RestoreDescriptorInput, void> = {
  name: 'restore-descriptor',
  verbosity: 0,
  mutates: true,
  releases: [{ since: '1.13' }],
  disk: ({ directory }) => join(directory, DESCRIPTOR_NAME),
  argv: ({ directory, image, raw }) => [
    ...(raw === undefined ? [] : ['-f', 'raw']),
    ...option('-b', clusterSectors(raw?.clusterSize)),
    path(directory),
    imagePath(image),
  ],
  guard: async ({ directory, image }, context) => {
    const suffix = DELTA_SUFFIX.exec(basename(image))?.[1];
    if (suffix !== undefined && parseGuid(suffix) !== undefined)
      throw new RefusedError(
        'IMAGE_IS_DELTA',
        `${image} is named as a delta above other images, without which it is no disk`,
        'Restore the base image. If all data is in this one, for a merge has put it there, rename it first.',
      );
    await requireDirectory(directory, context);
    await refuseExisting(join(directory, DESCRIPTOR_NAME), context);
  },
  parse: nothing,
};
