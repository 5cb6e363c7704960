import type { ToolError } from './tool-errors.ts';

/** One run of the tool, as an error reports it. Empty where nothing was run. */
export interface RunFacts {
  /** What was run: the program, then its arguments. */
  readonly argv: readonly string[];
  readonly stdout: string;
  readonly stderr: string;
  /** The tool's own error lines on stderr. */
  readonly toolErrors: readonly ToolError[];
}

/** The facts of a run that never was. */
export const NO_RUN: RunFacts = { argv: [], stdout: '', stderr: '', toolErrors: [] };

/** What every failing `init` without a driver says, whatever the cause. */
const NOISE = 'ploop_is_large_disk_supported';
const LONGEST_REASON = 300;

/** What was run, for a message. */
export function describe({ argv }: RunFacts): string {
  if (argv[0] === 'flock') return 'flock';
  const subcommand = argv.slice(1).find((argument) => !argument.startsWith('-'));
  return subcommand === undefined ? 'ploop' : `ploop ${subcommand}`;
}

/** What the tool says went wrong, for the end of a message; empty where it says nothing. */
export function reasonOf({ toolErrors, stderr }: RunFacts): string {
  const isUsage = /^Usage: /m.test(stderr);
  const first = toolErrors.find(({ func }) => func !== NOISE)?.text;
  const line = isUsage ? stderr.trim().split('\n')[0] : stderr.trim().split('\n').at(-1);
  const text = first ?? line ?? '';
  return text === '' ? '' : `: ${text.slice(0, LONGEST_REASON)}`;
}
