import { bytes, type Bytes } from '@ploop/descriptor';

import { path } from '../argv/paths.ts';
import type { Command } from '../command.ts';
import { isRecord, trailingJson } from '../json.ts';

/** Input of `ploop volume info`. */
export interface VolumeInfoInput {
  readonly volume: string;
}

/** Result of `ploop volume info`. */
export interface VolumeInfoResult {
  readonly size: Bytes;
}

/**
 * `ploop volume info`: the size of a volume. Exit codes: 38 parameters, 39 descriptor.
 */
export const volumeInfo: Command<VolumeInfoInput, VolumeInfoResult> = {
  name: 'volume info',
  verbosity: -1,
  mutates: false,
  disk: ({ volume }) => volume,
  argv: ({ volume }) => [path(volume)],
  parse: (stdout) => {
    const told = trailingJson(stdout);
    const size = isRecord(told) ? told['size'] : undefined;
    return typeof size === 'number' && Number.isSafeInteger(size) && size >= 0
      ? { value: { size: bytes(size) } }
      : { expected: 'the size of the volume' };
  },
};
