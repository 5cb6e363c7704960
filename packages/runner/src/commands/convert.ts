import { choice } from '../argv/choices.ts';
import { wholeNumber } from '../argv/numbers.ts';
import { descriptorPath } from '../argv/paths.ts';
import type { Command } from '../command.ts';
import { converted } from '../effect/disks.ts';
import { RefusedError } from '../errors/errors.ts';
import { refuseVolume } from '../guards/refuse-volume.ts';
import { refusePlanned } from '../harm/refuse-planned.ts';
import { info } from './info.ts';
import { refuseNamed } from './shared/in-use.ts';
import { snapshotList } from './snapshot-list.ts';

/** Input of `ploop convert`: another layout, or another format version. */
export type ConvertInput = { readonly descriptor: string } & (
  { readonly format: 'expanded' | 'preallocated' | 'raw' } | { readonly version: 1 | 2 }
);

// 1.15, with exit code 0 and "ploop image has been successfully converted" on stdout
const NOT_CONVERTED = 'Changing image version format on raw image is not supported';

/**
 * `ploop convert`: changes the layout of the base image, or the format version of all images. The disk must not be
 * mounted. Cannot be interrupted: SIGTERM is ignored. Exit codes: 4 and 38 mounted, 38 raw already, or version 2 without
 * a driver for large disks, 255 the conversion to raw failed.
 *
 * Refused: `raw` and `preallocated` for a disk with snapshots, of which the tool converts the image that is listed first,
 * whichever that is; another version of a raw disk, where it does nothing, says that it did, and exits with 0.
 */
export const convert: Command<ConvertInput, void> = {
  name: 'convert',
  verbosity: 0,
  mutates: true,
  disk: ({ descriptor }) => descriptor,
  argv: (input) => [...change(input), descriptorPath(input.descriptor)],
  guard: async (input, context) => {
    const { descriptor } = input;
    const { run } = context;
    await refuseVolume('convert', descriptor, context);
    await refusePlanned('convert', input, context);
    await refuseNamed(descriptor, context);
    if ('version' in input) {
      const { version } = await run(info, { descriptor });
      if (version === 0)
        throw new RefusedError(
          'DISK_IS_RAW',
          'a raw disk has no format version',
          'A raw disk needs none: it can be of any size.',
        );
      return;
    }
    // It rewrites the descriptor alone, and is the way out of the old format.
    if (input.format === 'expanded') return;
    const shots = await run(snapshotList, { descriptor });
    if (shots.length > 1)
      throw new RefusedError(
        'DISK_HAS_SNAPSHOTS',
        `the tool would convert one of ${String(shots.length)} images to ${input.format}`,
        'Merge or delete the snapshots first.',
      );
  },
  effect: converted,
  parse: (_stdout, _input, { stderr } = { stderr: '' }) =>
    stderr.includes(NOT_CONVERTED)
      ? { expected: 'that it converted anything' }
      : { value: undefined },
};

function change(input: ConvertInput): readonly string[] {
  if ('version' in input && 'format' in input)
    throw new RefusedError('CHOICE_INVALID', 'one of format and version is converted at a time');
  if ('version' in input) return ['-v', wholeNumber(input.version, 1, 2)];
  return ['-f', choice(input.format, ['expanded', 'preallocated', 'raw'])];
}
