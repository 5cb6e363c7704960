import type { Diagnostic } from '@ploop/descriptor';

/** How the program ends. */
export const ExitCode = {
  /** It was done, and nothing is wrong. */
  fine: 0,
  /** It was done, and there are warnings or errors. */
  found: 1,
  /** It could not be done: something cannot be read or written, or the call was wrong. */
  cannot: 2,
} as const;

/** One of {@link ExitCode}. */
export type ExitCode = (typeof ExitCode)[keyof typeof ExitCode];

/** What each means, for the help. */
export const MEANINGS: Readonly<Record<ExitCode, string>> = {
  [ExitCode.fine]: 'done, and nothing is wrong',
  [ExitCode.found]: 'done, and there are warnings or errors',
  [ExitCode.cannot]: 'not done: something cannot be read or written, or the call was wrong',
};

/** The exit code of what was done. */
export function exitCodeOf(findings: readonly Diagnostic[]): ExitCode {
  return findings.every(({ severity }) => severity === 'info') ? ExitCode.fine : ExitCode.found;
}
