import { parseGuid, type Guid } from '@ploop/descriptor';

import { option } from '../argv/options.ts';
import { descriptorPath, imagePath } from '../argv/paths.ts';
import { onlyMatch } from '../balloon.ts';
import type { Command } from '../command.ts';
import { reportLines } from '../one-line.ts';

/** Input of `ploop cbt show`. */
export type CbtShowInput =
  | {
      readonly descriptor: string;
      /** An image of the disk. Default: the top. */
      readonly image?: string | undefined;
    }
  | { readonly image: string };

/** Result of `ploop cbt show`. */
export interface CbtShowResult {
  /** As the tool counts. */
  readonly size: number;
  readonly granularity: number;
  readonly guid: Guid | undefined;
  /** All it printed, line by line: the rows of the map too. */
  readonly report: readonly string[];
}

// 7.0.32 and later: "Size: 20480", "L1Size: 1", "uuid: {…}" or a text, "Granularity: 65536", then the map
const SIZE = /^Size: (\d+)$/;
const GRANULARITY = /^Granularity: (\d+)$/;
const GUID = /^uuid: (\{\S{36}\})$/;

/**
 * `ploop cbt show`: the changed-block tracking of a disk, or of an image. Exit code 44: there is none.
 */
export const cbtShow: Command<CbtShowInput, CbtShowResult> = {
  name: 'cbt show',
  verbosity: -1,
  mutates: false,
  disk: (input) => ('descriptor' in input ? input.descriptor : input.image),
  argv: (input) => [
    ...option('--image', input.image === undefined ? undefined : imagePath(input.image)),
    ...('descriptor' in input ? [descriptorPath(input.descriptor)] : []),
  ],
  parse: (stdout) => {
    const size = Number(onlyMatch(stdout, SIZE)?.[1]);
    const granularity = Number(onlyMatch(stdout, GRANULARITY)?.[1]);
    if (!Number.isSafeInteger(size) || !Number.isSafeInteger(granularity))
      return { expected: 'size and granularity' };
    const guid = parseGuid(onlyMatch(stdout, GUID)?.[1] ?? '');
    const report = reportLines(stdout);
    return { value: { size, granularity, guid, report } };
  },
};
