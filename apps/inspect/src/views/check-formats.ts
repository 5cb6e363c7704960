import { resolve } from 'node:path';

import type { Report } from '../command.ts';
import { ExitCode } from '../exit-code.ts';
import { reportOf, type Answer } from '../output/answer.ts';
import { toRecords, worstFirst } from '../output/findings.ts';
import { githubLines } from '../output/github.ts';
import { sarifLog } from '../output/sarif.ts';
import { lines, toJson } from '../output/text.ts';
import { ownVersion } from '../output/version.ts';

/** What was found at each path. */
type Answers = readonly { readonly path: string; readonly answer: Answer }[];

/** How `check` prints what it found. */
export type CheckFormat = 'text' | 'json' | 'github' | 'sarif';

/** A row a format. */
export const CHECK_FORMATS: Readonly<Record<CheckFormat, (answers: Answers) => Report>> = {
  text: (answers) => {
    const reports = answers.map(({ answer }) => reportOf(answer, false));
    return {
      stdout: reports.map(({ stdout }) => stdout).join(''),
      stderr: reports.map(({ stderr }) => stderr).join(''),
      exitCode: worstOf(answers),
    };
  },
  json: (answers) => {
    const values = answers.map(({ answer }) => ({
      ...answer.json,
      diagnostics: toRecords(answer.findings),
    }));
    const [only, ...others] = values;
    return whole(answers, [toJson(only !== undefined && others.length === 0 ? only : values)]);
  },
  github: (answers) =>
    whole(
      answers,
      answers.flatMap(({ path, answer }) => githubLines(path, worstFirst(answer.findings))),
    ),
  sarif: (answers) => {
    const disks = answers.map(({ path, answer }) => ({
      path: resolve(path),
      findings: worstFirst(answer.findings),
    }));
    return whole(answers, [toJson(sarifLog(ownVersion(), disks))]);
  },
};

function whole(answers: Answers, said: readonly string[]): Report {
  return { stdout: lines(said), stderr: '', exitCode: worstOf(answers) };
}

function worstOf(answers: Answers): ExitCode {
  const codes = answers.map(({ answer }) => reportOf(answer, false).exitCode);
  return codes.reduce<ExitCode>((worst, code) => (code > worst ? code : worst), ExitCode.fine);
}
