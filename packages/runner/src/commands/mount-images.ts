import type { Bytes } from '@ploop/descriptor';
import type { Releases } from '@ploop/descriptor/releases';

import { optionalChoice } from '../argv/choices.ts';
import { clusterSectors } from '../argv/numbers.ts';
import { flag, option } from '../argv/options.ts';
import { devicePath, imagePath, path } from '../argv/paths.ts';
import { optionalText } from '../argv/texts.ts';
import { list, rawOf } from '../argv/values.ts';
import type { Command } from '../command.ts';
import { RefusedError } from '../errors/errors.ts';
import { refuseBypass, requireDirectory } from '../guards/guards.ts';
import { parseMounted, type Mounted } from '../output/mounting.ts';
import { refuseImagesOnDevice } from './shared/in-use.ts';

/** Input of `ploop mount` on images that no descriptor describes. */
export interface MountImagesInput {
  /** Base first, the top last. The tool does not check that they belong together. */
  readonly images: readonly string[];
  readonly readonly?: boolean | undefined;
  readonly mountPoint?: string | undefined;
  readonly fileSystem?: 'ext3' | 'ext4' | 'xfs' | undefined;
  readonly fsck?: boolean | undefined;
  readonly mountData?: string | undefined;
  /** The device node to use. Default: the first that is free. */
  readonly device?: string | undefined;
  /** Given for a raw base, which has no header that states it. */
  readonly raw?: { readonly clusterSize: Bytes } | undefined;
}

/** Later ones take a single image for a descriptor, and exit with 23. */
const SINGLE_IMAGE: Releases = [{ since: '1', before: '9.0.25' }];

/**
 * `ploop mount` of bare images. Refused where a descriptor lies beside one, unless `readonly`: writing to an image that
 * others hang on destroys those. Exit codes as `mount`; 37 the image was not closed cleanly.
 */
export const mountImages: Command<MountImagesInput, Mounted> = {
  name: 'mount',
  verbosity: 0,
  mutates: true,
  disk: ({ images }) => images[0],
  argv: (input) => {
    const images = list('images', input.images);
    const raw = rawOf(input.raw);
    if (images.length === 0)
      throw new RefusedError('TARGET_AMBIGUOUS', 'there is no image to mount');
    return [
      ...flag('-r', input.readonly),
      ...flag('-F', input.fsck),
      ...(raw === undefined ? [] : ['-f', 'raw', ...option('-b', clusterSectors(raw.clusterSize))]),
      ...option('-t', optionalChoice(input.fileSystem, ['ext3', 'ext4', 'xfs'])),
      ...option('-o', optionalText(input.mountData)),
      ...option('-d', input.device === undefined ? undefined : devicePath(input.device)),
      ...option('-m', input.mountPoint === undefined ? undefined : path(input.mountPoint)),
      ...images.map(imagePath),
    ];
  },
  needs: ({ images }) =>
    images.length === 1 ? [{ releases: SINGLE_IMAGE, refusal: singleRefused }] : [],
  guard: async ({ images, readonly, mountPoint }, context) => {
    if (mountPoint !== undefined) await requireDirectory(mountPoint, context);
    if (readonly === true) return;
    await refuseBypass(images, context, 'Mount the descriptor, or mount the images readonly.');
    await refuseImagesOnDevice(images, context, 'Unmount them first, or mount them readonly.');
  },
  parse: (stdout, { mountPoint }) => {
    const mounted = parseMounted(stdout, mountPoint);
    return mounted === undefined
      ? { expected: 'the device and what is mounted where' }
      : { value: mounted };
  },
};

function singleRefused(): RefusedError {
  return new RefusedError(
    'NOT_IN_RELEASE',
    'releases from 9.0.25 on take a single image for a descriptor',
    'Mount the DiskDescriptor.xml of the image. If it is lost and the disk never had a snapshot, write one with restoreDescriptor first.',
  );
}
