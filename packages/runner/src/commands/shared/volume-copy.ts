import { option } from '../../argv/options.ts';
import { imagePath, path } from '../../argv/paths.ts';
import { nothing, type Command, type GuardContext } from '../../command.ts';
import { volumeDerived } from '../../effect/made.ts';
import { refuseExisting } from '../../guards/guards.ts';

/** Input of the commands that derive a volume. */
export interface VolumeCopyInput {
  readonly source: string;
  /** The directory to make. */
  readonly target: string;
  /** Where its image is put. Default: into the volume. */
  readonly image?: string | undefined;
}

/** A command that derives a volume: 7.0.95 and later. */
export function copyOfVolume(
  name: string,
  refuse?: (source: string, context: GuardContext) => Promise<void>,
): Command<VolumeCopyInput, void> {
  return {
    name,
    verbosity: 0,
    mutates: true,
    disk: ({ source }) => source,
    argv: ({ source, target, image }) => [
      ...option('--image', image === undefined ? undefined : imagePath(image)),
      path(source),
      path(target),
    ],
    guard: async ({ source, target, image }, context) => {
      await refuseExisting(target, context);
      if (image !== undefined) await refuseExisting(image, context);
      await refuse?.(source, context);
    },
    effect: volumeDerived,
    parse: nothing,
  };
}
