import { dirname, join } from 'node:path';

import type { Bytes } from '@ploop/descriptor';
import { DESCRIPTOR_NAME } from '@ploop/descriptor/releases';

import { clusterSectors } from '../argv/numbers.ts';
import { flag, option } from '../argv/options.ts';
import { imagePath } from '../argv/paths.ts';
import { rawOf } from '../argv/values.ts';
import type { Command } from '../command.ts';
import { refuseLink } from '../guards/guards.ts';
import { parseReport, type CheckResult } from './check.ts';
import { refuseImagesOnDevice, refuseOnDevice } from './shared/in-use.ts';

/** Input of `ploop check` on one image. */
export interface CheckImageInput {
  readonly image: string;
  /** Checks an image too that was closed cleanly. */
  readonly force?: boolean | undefined;
  /** Repairs what cannot be repaired without loss: entries of the block table that point nowhere are cleared. */
  readonly repairAtAnyCost?: boolean | undefined;
  /** Checks that no cluster is used twice. */
  readonly duplicates?: boolean | undefined;
  /** Changes nothing. */
  readonly readonly?: boolean | undefined;
  readonly silent?: boolean | undefined;
  /** Marks the image as closed. */
  readonly dropInUse?: boolean | undefined;
  /** Fills holes in the file, on which the driver fails. */
  readonly repairSparse?: boolean | undefined;
  /** Puts the clusters in order (7.0.166, 8.0.14). */
  readonly defragment?: boolean | undefined;
  /** Given for a raw image, which has no header that states it. */
  readonly raw?: { readonly clusterSize: Bytes } | undefined;
}

/**
 * `ploop check` of one image. Repairs what it finds unless `readonly`. Exit codes: 4 no such file, 11 damage, 17 a
 * conversion was interrupted, 37 it was not closed cleanly, 38 parameters.
 *
 * Refused unless `readonly`: an image on a device, which the tool would repair while the driver writes to it; a symlink, of
 * which that is unknown.
 */
export const checkImage: Command<CheckImageInput, CheckResult> = {
  name: 'check',
  verbosity: 0,
  mutates: true,
  disk: ({ image }) => join(dirname(image), DESCRIPTOR_NAME),
  argv: (input) => [
    ...flag('-f', input.force),
    ...flag('-F', input.repairAtAnyCost),
    ...flag('-c', input.duplicates),
    ...flag('-r', input.readonly),
    ...flag('-s', input.silent),
    ...flag('-d', input.dropInUse),
    ...flag('-S', input.repairSparse),
    ...flag('-D', input.defragment),
    ...(rawOf(input.raw) === undefined
      ? []
      : ['-R', ...option('-b', clusterSectors(input.raw?.clusterSize))]),
    imagePath(input.image),
  ],
  guard: async ({ image, readonly }, context) => {
    if (readonly === true) return;
    await refuseLink(image, context);
    const instead = 'Unmount the disk first, or check readonly.';
    await refuseImagesOnDevice([image], context, instead);
    const descriptor = join(dirname(image), DESCRIPTOR_NAME);
    if ((await context.look(descriptor)) === 'file')
      await refuseOnDevice(descriptor, context, instead);
  },
  parse: parseReport,
};
