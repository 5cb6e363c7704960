import { bytes, type Bytes } from '@ploop/descriptor';

import { path } from '../argv/paths.ts';
import type { Command } from '../command.ts';
import { isRecord, trailingJson } from '../output/json.ts';

/** Input of `ploop volume info`. */
export interface VolumeInfoInput {
  readonly volume: string;
}

/** Result of `ploop volume info`. */
export interface VolumeInfoResult {
  /**
   * How long the file of its image is, as `ls -l` shows it: neither the virtual size of the volume nor the space that it
   * takes, and without the images of its parents.
   */
  readonly fileBytes: Bytes;
}

// 7.0.104 to 9.0.30, for an image of 16 MiB in a file of 3 MiB: {"size":3145728}
/** `ploop volume info` (7.0.104 and later): how long the image file of a volume is. Exit codes: 38 parameters, 4 and 39 descriptor. */
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
      ? { value: { fileBytes: bytes(size) } }
      : { expected: 'the size of the image file' };
  },
};
