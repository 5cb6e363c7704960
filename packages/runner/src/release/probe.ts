import {
  commonReleases,
  numbersOf,
  otherReleases,
  versionOf,
  type Releases,
  type Version,
} from '@ploop/descriptor/releases';

import type { ExecOutcome } from '../exec/exec.ts';
import { isSummary, MARKS, type Answer, type Mark } from './marks.ts';
import type { Release } from './release.ts';

type Ask = (argv: readonly string[]) => Promise<ExecOutcome>;

/** The lines of releases. */
const LINES: Releases = [
  { since: '1', before: '2' },
  { since: '7', before: '7.1' },
  { since: '8', before: '8.1' },
  { since: '9' },
];
/** Questions at a time: a machine that is reached over a network takes few connections at once. */
const AT_ONCE = 4;

/**
 * The release of a tool, as narrow as its texts allow; `undefined` if it is not ploop. No release has an option that
 * prints its number. Each round asks the questions that still divide the candidates.
 */
export async function probeRelease(ask: Ask): Promise<Release | undefined> {
  const answers = new Map<string, Answer>([await answerOf('', ask)]);
  if (!isSummary(answers.get('')?.stderr ?? '')) return undefined;
  for (;;) {
    const candidates = narrow(answers);
    const open = MARKS.filter((mark) => !answers.has(mark.question) && divides(mark, candidates));
    if (open.length === 0) return hullOf(candidates);
    const questions = spread([...new Set(open.map(({ question }) => question))]);
    const given = await Promise.all(questions.map((question) => answerOf(question, ask)));
    for (const [question, answer] of given) answers.set(question, answer);
  }
}

/** Some of the questions, from all parts of the list: marks are in the order of releases. */
function spread(questions: readonly string[]): readonly string[] {
  return questions.filter((_, index) => {
    const place = (at: number): number => Math.floor((at * AT_ONCE) / questions.length);
    return index === 0 || place(index) !== place(index - 1);
  });
}

async function answerOf(question: string, ask: Ask): Promise<readonly [string, Answer]> {
  const { exitCode, stderr } = await ask(question === '' ? [] : question.split(' '));
  return [question, { exitCode, stderr: stderr.text }];
}

/** The releases that give all these answers. A modified build may contradict itself: earlier marks win. */
function narrow(answers: ReadonlyMap<string, Answer>): Releases {
  let candidates = LINES;
  for (const { question, shows, releases } of MARKS) {
    const answer = answers.get(question);
    const isShown = answer && shows(answer);
    if (isShown === undefined) continue;
    const left = isShown
      ? commonReleases(candidates, releases)
      : otherReleases(candidates, releases);
    if (left.length > 0) candidates = left;
  }
  return candidates;
}

function divides({ releases }: Mark, candidates: Releases): boolean {
  return (
    commonReleases(candidates, releases).length > 0 &&
    otherReleases(candidates, releases).length > 0
  );
}

/** From the first of these releases to the last. */
function hullOf(candidates: Releases): Release | undefined {
  const [first] = candidates;
  if (first === undefined) return undefined;
  const before = candidates.at(-1)?.before;
  return before === undefined
    ? { from: first.since }
    : { from: first.since, to: releaseBefore(before) };
}

/** The release before another one; `999` for the last one of a line, whose number is not known. */
function releaseBefore(version: Version): Version {
  const [major, minor, patch] = numbersOf(version);
  if (patch > 0) return versionOf([major, minor, patch - 1]);
  return versionOf(minor > 0 ? [major, minor - 1, 999] : [major - 1, 999, 999]);
}
