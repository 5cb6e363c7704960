import { DescriptorError, printable, type Diagnostic } from '@ploop/descriptor';

import type { Report } from '../command.ts';
import { ExitCode, exitCodeOf } from '../exit-code.ts';
import { describe, toRecords } from './findings.ts';
import { lines, toJson } from './text.ts';

/** What a subcommand found out about a disk. */
export interface Answer {
  readonly findings: readonly Diagnostic[];
  /** What it shows to people; absent if there is nothing to show, which is exit code 2. */
  readonly text?: readonly string[] | undefined;
  /** What it shows to programs, beside the findings. */
  readonly json: object;
  /** Which findings people see. Default: warnings and errors. */
  readonly isShown?: (finding: Diagnostic) => boolean;
  /** Whether the answer is bad news although no finding says so. */
  readonly isFailed?: boolean;
  /** Paths for a script instead of `text`: printed as they are. */
  readonly paths?: readonly string[];
  /** Whether each path ends with NUL instead of a line break. */
  readonly isNull?: boolean;
  /** Whether findings are what was asked for, and go to stdout, before the text. */
  readonly isAboutFindings?: true;
}

/** How the output of a subcommand was asked for. */
export interface OutputOptions {
  readonly json: boolean;
}

/**
 * Does the work of a subcommand; what it throws about a disk becomes an answer as well.
 *
 * @param nothing - What else JSON has then.
 */
export async function reported(
  path: string,
  { json }: OutputOptions,
  work: () => Promise<Answer>,
  nothing: object = {},
): Promise<Report> {
  return reportOf(await answered({ path, accepted: false, ...nothing }, work), json);
}

/** The answer of the work, or what it throws about a disk as one, with the given JSON. */
export async function answered(json: object, work: () => Promise<Answer>): Promise<Answer> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof DescriptorError)) throw error;
    return { findings: error.diagnostics, json };
  }
}

/** An answer as it is printed. */
export function reportOf(answer: Answer, json: boolean): Report {
  const { findings, paths, text = paths, isShown = isSerious } = answer;
  const done = answer.isFailed === true ? ExitCode.found : exitCodeOf(findings);
  const exitCode = text === undefined ? ExitCode.cannot : done;
  if (json) {
    const value = { ...answer.json, diagnostics: toRecords(findings) };
    return { stdout: lines([toJson(value)]), stderr: '', exitCode };
  }
  // Without an answer, the findings say why.
  if (text === undefined) return { stdout: '', stderr: lines(describe(findings)), exitCode };
  if (answer.isAboutFindings === true)
    return { stdout: lines([...describe(findings), ...text]), stderr: '', exitCode };
  const stderr = lines(describe(findings.filter(isShown)));
  if (paths === undefined) return { stdout: lines(text), stderr, exitCode };
  if (answer.isNull === true)
    return { stdout: paths.map((path) => `${path}\0`).join(''), stderr, exitCode };
  // Half a path in a line would be taken for another file.
  const odd = paths.find((path) => path !== printable(path));
  if (odd === undefined) return { stdout: lines(paths), stderr, exitCode };
  const said = `error: the path "${printable(odd)}" has characters that end a line or cannot be printed`;
  return { stdout: '', stderr: lines([said, '  Use --null.']), exitCode: ExitCode.cannot };
}

/** Notes are for `check`. */
export function isSerious({ severity }: Diagnostic): boolean {
  return severity !== 'info';
}
