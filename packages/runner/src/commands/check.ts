import type { Guid } from '@ploop/descriptor';

import { descriptorPath, option } from '../argv.ts';
import type { Command } from '../command.ts';

/** Input of `ploop check` on a descriptor. */
export interface CheckInput {
  readonly descriptor: string;
  /** The snapshot whose chain is checked. Default: the top. */
  readonly guid?: Guid | undefined;
}

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
  disk: ({ descriptor }) => descriptor,
  argv: ({ descriptor, guid }) => [...option('-u', guid), descriptorPath(descriptor)],
  parse: (stdout) => ({ value: { report: stdout.split('\n').filter((line) => line !== '') } }),
};
