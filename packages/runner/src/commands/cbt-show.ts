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

// 7.0.31 and later: "Size: 32768", "L1Size: 0", "uuid: " and a bare GUID, "Granularity: 128", then the map; of a disk
// without a bitmap nothing, or, from 7.0.87 to 8.0.6, "Opening delta …", of volumes after "read …" and "read parent …", all of
// which come before the others, too
const SIZE = /^Size: (\d+)$/;
const GRANULARITY = /^Granularity: (\d+)$/;
const GUID = /^uuid: \{?([^\s{}]{36})\}?$/;

/**
 * `ploop cbt show`: the changed-block tracking of a disk or an image; `undefined` if there is none and the disk is not
 * mounted. Exit codes: 44 none on a mounted disk; 6, and from 7.0.256 to 7.0.280 11, after a `cbt drop`.
 */
export const cbtShow: Command<CbtShowInput, CbtShowResult | undefined> = {
  name: 'cbt show',
  verbosity: -1,
  mutates: false,
  disk: (input) => ('descriptor' in input ? input.descriptor : input.image),
  argv: (input) => [
    ...option('--image', input.image === undefined ? undefined : imagePath(input.image)),
    ...('descriptor' in input ? [descriptorPath(input.descriptor)] : []),
  ],
  parse: (stdout) => {
    if (!/^(?!Opening delta |read (?:parent )?\/)./m.test(stdout)) return { value: undefined };
    const size = Number(onlyMatch(stdout, SIZE)?.[1]);
    const granularity = Number(onlyMatch(stdout, GRANULARITY)?.[1]);
    if (!Number.isSafeInteger(size) || !Number.isSafeInteger(granularity))
      return { expected: 'size and granularity' };
    const guid = parseGuid(`{${onlyMatch(stdout, GUID)?.[1] ?? ''}}`);
    const report = reportLines(stdout);
    return { value: { size, granularity, guid, report } };
  },
};
