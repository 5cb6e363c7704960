import { DescriptorError, type Diagnostic } from '@ploop/descriptor';

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
  const { findings, text, isShown = isSerious } = answer;
  const exitCode = text === undefined ? ExitCode.cannot : exitCodeOf(findings);
  if (json) {
    const value = { ...answer.json, diagnostics: toRecords(findings) };
    return { stdout: lines([toJson(value)]), stderr: '', exitCode };
  }
  // Without an answer, the findings are why there is none.
  if (text === undefined) return { stdout: '', stderr: lines(describe(findings)), exitCode };
  if (answer.isAboutFindings === true)
    return { stdout: lines([...describe(findings), ...text]), stderr: '', exitCode };
  return { stdout: lines(text), stderr: lines(describe(findings.filter(isShown))), exitCode };
}

/** Notes are for `check`. */
export function isSerious({ severity }: Diagnostic): boolean {
  return severity !== 'info';
}
