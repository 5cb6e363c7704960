import { parseGuid, type Guid } from '@ploop/descriptor';

import { onlyMatch } from '../argv/balloon.ts';
import { option } from '../argv/options.ts';
import { descriptorPath, imagePath } from '../argv/paths.ts';
import type { Command, GuardContext } from '../command.ts';
import { ExitCode } from '../errors/exit-codes.ts';
import { reportLines } from '../errors/one-line.ts';
import { hasLostBitmap } from '../guards/lost-bitmap.ts';

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

/** What releases exit with after a `cbt drop`: 11 from 7.0.256 to 7.0.280, 6 in all others. */
const AFTER_DROP: readonly number[] = [ExitCode.READ, ExitCode.PLOOPFMT];

/**
 * `ploop cbt show`: the changed-block tracking of a disk or an image; `undefined` if it does not exist and the disk is not
 * mounted. Exit codes: 44 none on a mounted disk; 6 and 11 the image cannot be read. Releases exit with those after a `cbt
 * drop` too, which is distinguished from a damaged image by looking at its header.
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
  onExit: async (exitCode, input, context) => {
    if (!AFTER_DROP.includes(exitCode)) return undefined;
    const image = input.image ?? (await topOf(input, context));
    const isNone = image !== undefined && (await hasLostBitmap(image, context));
    return isNone ? { value: undefined } : undefined;
  },
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

async function topOf(input: CbtShowInput, { see }: GuardContext): Promise<string | undefined> {
  const disk = 'descriptor' in input ? await see(input.descriptor) : 'unreadable';
  return typeof disk === 'string' ? undefined : disk.fileOf(disk.graph.top);
}
