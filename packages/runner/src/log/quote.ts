import { FUNCTIONS } from '../arguments/functions.ts';
import { requireCall } from '../arguments/require.ts';

/** What no shell takes for anything but itself, wherever it stands. */
const PLAIN = /^[A-Za-z0-9_@%+:,./-]+$/;

/** A word quoted so that a POSIX shell gives it back as it is. */
export function quoteWord(word: string): string {
  requireCall(FUNCTIONS.quoteWord, [word]);
  return PLAIN.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}

/** A command that can be pasted into a POSIX shell. */
export function quoteCommand(argv: readonly string[]): string {
  requireCall(FUNCTIONS.quoteCommand, [argv]);
  return argv.map(quoteWord).join(' ');
}
