import { basename, dirname, join } from 'node:path';

import { parseGuid, type Bytes } from '@ploop/descriptor';
import { DESCRIPTOR_NAME } from '@ploop/descriptor/releases';

import { clusterSectors } from '../argv/numbers.ts';
import { isOn, option } from '../argv/options.ts';
import { imagePath, path } from '../argv/paths.ts';
import { rawOf } from '../argv/values.ts';
import { nothing, type Command, type GuardContext } from '../command.ts';
import { descriptorRestored } from '../effect/made.ts';
import { RefusedError } from '../errors/errors.ts';
import { refuseExisting, requireDirectory } from '../guards/guards.ts';
import { namesIn } from '../guards/names-in.ts';

/** Input of `ploop restore-descriptor`. */
export interface RestoreDescriptorInput {
  /** Where DiskDescriptor.xml is written. */
  readonly directory: string;
  /** The one image of the disk. */
  readonly image: string;
  /** Given for a raw image. Default of the cluster size: the largest up to 1 MiB that the image is whole ones of. */
  readonly raw?: { readonly clusterSize?: Bytes | undefined } | undefined;
  /** The image is the whole disk, whatever lies beside it: that was made sure of. Default: false. */
  readonly alone?: boolean | undefined;
}

const FROM_BACKUP =
  'Restore the DiskDescriptor.xml of all images from a backup. A base image by itself is the oldest state of its disk, and writing to it destroys the states above it.';

/** What `snapshot` calls the images that it makes: the base, a dot and a GUID. */
const DELTA_SUFFIX = /\.(\{[^{}]{36}\})$/;

/** What `volume clone` and `volume switch` call the image above those of the parent volume. */
const CLONE_NAME = /^(\{[^{}]{36}\})\.hds(?:\.|$)/;

/**
 * `ploop restore-descriptor`: writes a descriptor for one image. A chain of snapshots cannot be restored so. Exit codes:
 * 4 no such image, or none, 11 another format, 38 the descriptor exists, or the image is not whole clusters.
 *
 * Refused: an image that has the name of a snapshot delta, or of the image of a cloned volume. The tool takes it for a disk by itself, and all that is in the
 * images below reads as zeros. Refused as well, unless `alone`: an image beside which lie deltas that are named after it.
 * It is the oldest state of their disk, and what is written to it destroys the others.
 */
export const restoreDescriptor: Command<RestoreDescriptorInput, void> = {
  name: 'restore-descriptor',
  verbosity: 0,
  mutates: true,
  disk: ({ directory }) => join(directory, DESCRIPTOR_NAME),
  argv: ({ directory, image, raw, alone }) => {
    isOn('alone', alone);
    return [
      ...(rawOf(raw) === undefined ? [] : ['-f', 'raw']),
      ...option('-b', clusterSectors(raw?.clusterSize)),
      path(directory),
      imagePath(image),
    ];
  },
  guard: async ({ directory, image, alone }, context) => {
    const [, suffix] = DELTA_SUFFIX.exec(basename(image)) ?? CLONE_NAME.exec(basename(image)) ?? [];
    if (suffix !== undefined && parseGuid(suffix) !== undefined)
      throw new RefusedError(
        'IMAGE_IS_DELTA',
        `${image} is named as a delta above other images, without which it is not a disk`,
        `${FROM_BACKUP} If a merge has put all data into this image, copy it under another name into an empty directory and restore it there.`,
      );
    if (alone !== true) await refuseDeltas(image, context);
    await requireDirectory(directory, context);
    await refuseExisting(join(directory, DESCRIPTOR_NAME), context);
  },
  effect: descriptorRestored,
  parse: nothing,
};

async function refuseDeltas(image: string, context: GuardContext): Promise<void> {
  const directory = dirname(image);
  if ((await context.look(directory)) === 'missing') return;
  const deltas = (await namesIn(directory, context)).filter((name) => {
    const suffix = name.startsWith(basename(image)) ? name.slice(basename(image).length) : '';
    return DELTA_SUFFIX.exec(suffix)?.index === 0;
  });
  const [first] = deltas;
  if (first === undefined) return;
  const more = deltas.length > 1 ? ` and ${String(deltas.length - 1)} more` : '';
  throw new RefusedError(
    'DELTAS_BESIDE',
    `${image} is the base of ${JSON.stringify(first)}${more}: by itself it is the oldest state of the disk`,
    `${FROM_BACKUP} To read that state, copy the image into an empty directory and restore it there. With \`alone\` it is restored here.`,
  );
}
