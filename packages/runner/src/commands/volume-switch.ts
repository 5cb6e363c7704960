import { path } from '../argv/paths.ts';
import { nothing, type Command } from '../command.ts';

/** Input of `ploop volume switch`. */
export interface VolumeSwitchInput {
  readonly from: string;
  readonly to: string;
}

/**
 * `ploop volume switch`: has a volume continue from another state. Exit codes: 38 parameters, 39 descriptor.
 */
export const volumeSwitch: Command<VolumeSwitchInput, void> = {
  name: 'volume switch',
  verbosity: 0,
  mutates: true,
  disk: ({ from }) => from,
  argv: ({ from, to }) => [path(from), path(to)],
  parse: nothing,
};
