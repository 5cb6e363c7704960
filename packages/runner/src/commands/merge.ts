import { wholeNumber } from '../argv/numbers.ts';
import { isOn, option } from '../argv/options.ts';
import { devicePath, imagePath } from '../argv/paths.ts';
import { list } from '../argv/values.ts';
import { nothing, type Command } from '../command.ts';
import { fileMade } from '../effect/made.ts';
import { RefusedError } from '../errors/errors.ts';
import { refuseBypass, refuseExisting } from '../guards/guards.ts';
import { refuseImagesOnDevice } from './shared/in-use.ts';

/** Input of `ploop merge`: images that no descriptor describes, or levels of a device. */
export type MergeInput = {
  /** A new file for the result. Default: the lowest image takes it. */
  readonly into?: string | undefined;
} & (
  | {
      /** Top first, the base last. */
      readonly images: readonly string[];
      /** Whether the base is raw. */
      readonly raw?: boolean | undefined;
    }
  | {
      readonly device: string;
      /** The distance from the base of the lower one, and of the upper. Default: the top two. */
      readonly level?: number | undefined;
      readonly topLevel?: number | undefined;
    }
);

const MOST_LEVEL = 127;

/**
 * `ploop merge`: merges bare images into the lowest; the others stay as they are. `snapshotMerge` is for disks. By device
 * it is for the block driver, and the descriptor of that disk does not follow. Exit codes: 11 damage, 38 nothing to merge.
 *
 * Refused: images with a descriptor beside them, of which a snapshot would get the data of a later one; images on a device.
 */
export const merge: Command<MergeInput, void> = {
  name: 'merge',
  verbosity: 0,
  mutates: true,
  options: { '-d': [{ since: '1', before: '8' }] },
  disk: (input) => ('device' in input ? input.device : input.images.at(-1)),
  argv: (input) => {
    const into = option('-n', input.into === undefined ? undefined : imagePath(input.into));
    if ('device' in input) {
      if ('images' in input)
        throw new RefusedError('TARGET_AMBIGUOUS', 'images are merged, or a device, not both');
      return ['-d', devicePath(input.device), ...option('-l', levels(input)), ...into];
    }
    const images = list('images', input.images);
    if (images.length < 2)
      throw new RefusedError('TARGET_AMBIGUOUS', 'a merge takes two images or more');
    return [
      ...option('-f', isOn('raw', input.raw) ? 'raw' : undefined),
      ...into,
      ...images.map(imagePath),
    ];
  },
  guard: async (input, context) => {
    if (input.into !== undefined) await refuseExisting(input.into, context);
    if ('device' in input) return;
    await refuseBypass(
      input.images,
      context,
      'Use snapshotMerge, which changes the descriptor too.',
    );
    await refuseImagesOnDevice(input.images, context, 'Unmount the images first.');
  },
  effect: ({ into }) => (into === undefined ? undefined : fileMade(into)),
  parse: nothing,
};

function levels({
  level,
  topLevel,
}: {
  readonly level?: number | undefined;
  readonly topLevel?: number | undefined;
}): string | undefined {
  if (level === undefined) {
    if (topLevel === undefined) return undefined;
    throw new RefusedError('NUMBER_INVALID', 'a top level needs a level below it');
  }
  const low = wholeNumber(level, 0, MOST_LEVEL);
  return topLevel === undefined ? low : `${low}..${wholeNumber(topLevel, level + 1, MOST_LEVEL)}`;
}
