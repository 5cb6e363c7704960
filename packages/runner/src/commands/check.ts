import type { Guid } from '@ploop/descriptor';
import type { Releases } from '@ploop/descriptor/releases';

import { optionalGuid } from '../argv/guids.ts';
import { flag, option } from '../argv/options.ts';
import { descriptorPath } from '../argv/paths.ts';
import type { Command, Parsed } from '../command.ts';
import { reportLines } from '../errors/one-line.ts';

/** Input of `ploop check` on a descriptor. */
export interface CheckInput {
  readonly descriptor: string;
  /** The snapshot whose chain is checked. Default: the top. */
  readonly guid?: Guid | undefined;
  /** Checks images too that were closed cleanly (as the options below: 7.0.174, 8.0.14). */
  readonly force?: boolean | undefined;
  /** Checks that no cluster is used twice. */
  readonly duplicates?: boolean | undefined;
  /** Changes nothing. */
  readonly readonly?: boolean | undefined;
  /** Marks the images as closed. */
  readonly dropInUse?: boolean | undefined;
}

/** Earlier ones respect no option beside a descriptor but `-u`, and say so in a warning alone. */
const HEEDED: Releases = [{ since: '7.0.174', before: '8' }, { since: '8.0.14' }];

/** Result of `ploop check`. */
export interface CheckResult {
  /** What the tool said, line by line; empty in 1.15 where all is well. */
  readonly report: readonly string[];
}

/**
 * `ploop check`: checks the deltas of a chain. Not read-only: it opens the top for writing, and repairs a top that was
 * not closed cleanly (7: exits with 37 instead). Exit codes: 11 damage, 37 in use, 38 cluster sizes differ, 39
 * inconsistent descriptor, 7 a lower delta was not closed cleanly.
 */
export const check: Command<CheckInput, CheckResult> = {
  name: 'check',
  verbosity: 0,
  mutates: true,
  options: { '-f': HEEDED, '-c': HEEDED, '-r': HEEDED, '-d': HEEDED },
  disk: ({ descriptor }) => descriptor,
  argv: (input) => [
    ...flag('-f', input.force),
    ...flag('-c', input.duplicates),
    ...flag('-r', input.readonly),
    ...flag('-d', input.dropInUse),
    ...option('-u', optionalGuid(input.guid)),
    descriptorPath(input.descriptor),
  ],
  parse: (stdout, _input, context) => {
    const isIgnored = /options are ignored for DiskDescriptor.xml form/.test(context?.stderr ?? '');
    return isIgnored ? { expected: 'that it respects its options' } : parseReport(stdout);
  },
};

/** What a check printed, line by line. */
export function parseReport(stdout: string): Parsed<CheckResult> {
  return { value: { report: reportLines(stdout) } };
}
