import { printable } from '@ploop/descriptor';

import type { Report } from '../command.ts';
import { ExitCode } from '../exit-code.ts';
import { reportOf, type Answer } from './answer.ts';
import { toRecords } from './findings.ts';
import { lines, toJson } from './text.ts';

/** What was found at each path, as it was given. */
export type Answers = readonly { readonly path: string; readonly answer: Answer }[];

/** Answers one after the other. */
export function textOfAll(answers: Answers, { headings }: { readonly headings: boolean }): Report {
  const reports = answers.map(({ path, answer }, index) => {
    const { stdout, stderr } = reportOf(answer, false);
    if (!headings || answers.length === 1 || stdout === '') return { stdout, stderr };
    return { stdout: `${index === 0 ? '' : '\n'}${printable(path)}:\n${stdout}`, stderr };
  });
  return {
    stdout: reports.map(({ stdout }) => stdout).join(''),
    stderr: reports.map(({ stderr }) => stderr).join(''),
    exitCode: worstOf(answers),
  };
}

/** The answer as JSON; an array if there are several. */
export function jsonOfAll(answers: Answers): Report {
  const values = answers.map(({ answer }) => ({
    ...answer.json,
    diagnostics: toRecords(answer.findings),
  }));
  const [only, ...others] = values;
  const value = only !== undefined && others.length === 0 ? only : values;
  return { stdout: lines([toJson(value)]), stderr: '', exitCode: worstOf(answers) };
}

/** The exit code of the worst answer. */
export function worstOf(answers: Answers): ExitCode {
  const codes = answers.map(({ answer }) => reportOf(answer, false).exitCode);
  return codes.reduce<ExitCode>((worst, code) => (code > worst ? code : worst), ExitCode.fine);
}
