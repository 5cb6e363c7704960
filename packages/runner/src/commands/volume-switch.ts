import { path } from '../argv/paths.ts';
import { nothing, type Command } from '../command.ts';
import { refuseVolumeSwitch } from '../guards/refuse-volume-change.ts';

/** Input of `ploop volume switch`. */
export interface VolumeSwitchInput {
  /** The volume that continues from another state. What was written to it since its last snapshot is lost. */
  readonly from: string;
  /** The snapshot volume to continue from. */
  readonly to: string;
}

/**
 * `ploop volume switch`: has a volume continue from a snapshot volume. Exit codes: 38 other volumes continue from it,
 * 4 and 39 descriptor.
 *
 * Refused: a volume from which others continue; to a volume that is not a snapshot, of which the tool takes the parent.
 */
export const volumeSwitch: Command<VolumeSwitchInput, void> = {
  name: 'volume switch',
  verbosity: 0,
  mutates: true,
  disk: ({ from }) => from,
  argv: ({ from, to }) => [path(from), path(to)],
  guard: refuseVolumeSwitch,
  parse: nothing,
};
