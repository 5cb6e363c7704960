import { path } from '../argv/paths.ts';
import { nothing, type Command } from '../command.ts';

/** Input of `ploop volume delete`. */
export interface VolumeDeleteInput {
  readonly volume: string;
}

/**
 * `ploop volume delete`: removes a volume with its data; the tool refuses one that others hang on. Exit codes: 38
 * parameters, 39 descriptor.
 */
export const volumeDelete: Command<VolumeDeleteInput, void> = {
  name: 'volume delete',
  verbosity: 0,
  mutates: true,
  disk: ({ volume }) => volume,
  argv: ({ volume }) => [path(volume)],
  parse: nothing,
};
