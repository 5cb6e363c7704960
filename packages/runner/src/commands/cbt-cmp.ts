import { imagePath } from '../argv/paths.ts';
import type { Command } from '../command.ts';

/** Input of `ploop cbt cmp`. */
export interface CbtCmpInput {
  readonly one: string;
  readonly other: string;
}

/** A place where two trackings differ. */
export interface CbtDifference {
  /** As the tool counts. */
  readonly offset: number;
  readonly one: string;
  readonly other: string;
}

// 7.0.202 and later: "differ off 4096 0 1"
const DIFFERENCE = /^differ off (\d+) (\S+) (\S+)$/;

/**
 * `ploop cbt cmp`: what differs between two files of changed-block tracking. Exit code 4: no such file.
 */
export const cbtCmp: Command<CbtCmpInput, readonly CbtDifference[]> = {
  name: 'cbt cmp',
  verbosity: -1,
  mutates: false,
  disk: ({ one }) => one,
  argv: ({ one, other }) => [imagePath(one), imagePath(other)],
  parse: (stdout) => {
    const lines = stdout.split('\n').filter((line) => line !== '');
    const differences = lines.flatMap((line) => {
      const [, offset, one, other] = DIFFERENCE.exec(line) ?? [];
      const at = Number(offset);
      const isRow = one !== undefined && other !== undefined && Number.isSafeInteger(at);
      return isRow ? [{ offset: at, one, other }] : [];
    });
    return differences.length === lines.length
      ? { value: differences }
      : { expected: 'an offset and two values each' };
  },
};
