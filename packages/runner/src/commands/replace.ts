import { basename, dirname, join } from 'node:path';

import type { Guid } from '@ploop/descriptor';

import { optionalChoice } from '../argv/choices.ts';
import { guidText } from '../argv/guids.ts';
import { wholeNumber } from '../argv/numbers.ts';
import { flag, option } from '../argv/options.ts';
import { descriptorPath, imagePath } from '../argv/paths.ts';
import type { Command } from '../command.ts';
import { replacedBy } from '../effect/disks.ts';
import { RefusedError } from '../errors/errors.ts';
import { refuseVolume } from '../guards/refuse-volume.ts';
import { refusePlanned } from '../harm/refuse-planned.ts';
import { refuseNamed } from './shared/in-use.ts';
import { snapshotList } from './snapshot-list.ts';

/** Input of `ploop replace`: which image, by one of three, and its copy. */
export type ReplaceInput = {
  readonly descriptor: string;
  /** A copy of the image. Releases 1 compare size and header, later ones nothing. */
  readonly replacement: string;
  /** Renames the copy to the name of the image, which it overwrites. */
  readonly keepName?: boolean | undefined;
  /** Where the copy is of another layout (7.0.123 and later). */
  readonly format?: 'raw' | 'ploop1' | undefined;
  /** Has the device write to the copy (7.0.123 and later). */
  readonly writable?: boolean | undefined;
} & (
  | { readonly guid: Guid }
  | {
      /** The path of the image as the descriptor means it. */
      readonly image: string;
    }
  | {
      /** The distance from the base. Only while the disk is mounted. */
      readonly level: number;
    }
);

// 1.15, online with -k, exit code 0: "Rollback: replacing /p/k.hdd with /p/root.hdd"
const ROLLED_BACK = /^(?:\[ *\d+\.\d+\] )?Rollback/m;

/**
 * `ploop replace`: puts a copy of an image in its place, on a mounted disk too; the image stays where it was. With
 * release 9 the disk must be mounted: it exits with 38 and says nothing. Exit codes: 11 the copy is damaged or another
 * image, 28 `keepName` across file systems, 37 the copy is in use, 38 no such image.
 *
 * Refused: an image of the disk itself, which would be two of its images at once; not where it is named by way of links
 * elsewhere. `OUTPUT` where the tool rolled back and
 * exited with 0, as 1.15 does for `keepName` on a mounted disk.
 */
export const replace: Command<ReplaceInput, void> = {
  name: 'replace',
  verbosity: 0,
  mutates: true,
  disk: ({ descriptor }) => descriptor,
  argv: (input) => [
    ...selector(input),
    ...flag('-k', input.keepName),
    ...option('-f', optionalChoice(input.format, ['raw', 'ploop1'])),
    ...flag('-w', input.writable),
    '-i',
    imagePath(input.replacement),
    descriptorPath(input.descriptor),
  ],
  guard: async (input, context) => {
    const { descriptor, replacement } = input;
    const { run, look } = context;
    await refuseVolume('replace', descriptor, context);
    await refuseNamed(descriptor, context);
    const kind = await look(replacement);
    if (kind !== 'file')
      throw new RefusedError('PATH_INVALID', `${replacement} is not a file, but ${kind}`);
    const shots = await run(snapshotList, { descriptor });
    // The tool resolves links in the descriptor's directory, of which the caller may know another name.
    const beside = (file: string): string => join(dirname(descriptor), basename(file));
    const isOwn = shots.some(
      ({ file }) => file !== undefined && (file === replacement || beside(file) === replacement),
    );
    if (isOwn)
      throw new RefusedError(
        'IMAGE_IN_DISK',
        `${replacement} is an image of the disk already, and would be two of them`,
        'Copy the image that is to be replaced, and give the copy.',
      );
    await refusePlanned('replace', input, context);
  },
  effect: replacedBy,
  parse: (stdout) =>
    ROLLED_BACK.test(stdout)
      ? { expected: 'a replacement that it did not roll back' }
      : { value: undefined },
};

function selector(input: ReplaceInput): readonly string[] {
  const given = ['guid', 'image', 'level'].filter((name) => name in input);
  if (given.length !== 1)
    throw new RefusedError(
      'TARGET_AMBIGUOUS',
      `one of guid, image and level says what is replaced, not ${given.join(' and ') || 'none'}`,
    );
  if ('guid' in input) return ['-u', guidText(input.guid)];
  if ('image' in input) return ['-o', imagePath(input.image)];
  return ['-l', wholeNumber(input.level, 0, 127)];
}
