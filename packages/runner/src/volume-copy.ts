import { option } from './argv/options.ts';
import { imagePath, path } from './argv/paths.ts';
import { nothing, type Command } from './command.ts';
import { refuseExisting } from './guards.ts';

/** What the commands are given that make a volume of another one. */
export interface VolumeCopyInput {
  readonly source: string;
  /** The directory to make. */
  readonly target: string;
  /** Where its image is put. Default: into the volume. */
  readonly image?: string | undefined;
}

/** A command that makes a volume of another one: 7.0.95 and later. */
export function copyOfVolume(name: string): Command<VolumeCopyInput, void> {
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
    guard: async ({ target, image }, context) => {
      await refuseExisting(target, context);
      if (image !== undefined) await refuseExisting(image, context);
    },
    parse: nothing,
  };
}
