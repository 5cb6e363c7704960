import { resolve } from 'node:path';

import type { Report } from '../command.ts';
import { worstFirst } from '../output/findings.ts';
import { githubLines } from '../output/github.ts';
import { sarifLog } from '../output/sarif.ts';
import { jsonOfAll, textOfAll, worstOf, type Answers } from '../output/several.ts';
import { lines, toJson } from '../output/text.ts';
import { ownVersion } from '../output/version.ts';

/** How `check` prints what it found. */
export type CheckFormat = 'text' | 'json' | 'github' | 'sarif';

/** A row a format. */
export const CHECK_FORMATS: Readonly<Record<CheckFormat, (answers: Answers) => Report>> = {
  text: (answers) => textOfAll(answers, { headings: false }),
  json: jsonOfAll,
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
