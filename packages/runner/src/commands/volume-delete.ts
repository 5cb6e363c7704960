import { path } from '../argv/paths.ts';
import { nothing, type Command } from '../command.ts';
import { volumeGone } from '../effect/made.ts';
import { refuseVolumeDelete } from '../guards/refuse-volume-change.ts';

/** Input of `ploop volume delete`. */
export interface VolumeDeleteInput {
  readonly volume: string;
}

/**
 * `ploop volume delete`: removes a volume with its directory. A snapshot from which one volume continues is merged into
 * that. Exit codes: 38 two or more volumes continue from it, 4 and 39 descriptor.
 *
 * Refused: a directory that holds images of other volumes, which all releases remove with exit code 0; a volume from which
 * others continue, unless it is a snapshot with one; a raw one that is merged by releases 8 and 9, which fail half-way.
 */
export const volumeDelete: Command<VolumeDeleteInput, void> = {
  name: 'volume delete',
  verbosity: 0,
  mutates: true,
  disk: ({ volume }) => volume,
  argv: ({ volume }) => [path(volume)],
  guard: ({ volume }, context) => refuseVolumeDelete(volume, context),
  effect: volumeGone,
  parse: nothing,
};
