import { expect, test } from 'vitest';

import { COURSES } from '../../src/releases/behaviour.ts';
import { compareVersions, type Version } from '../../src/releases/index.ts';
import { BUILDS, EXPERIMENTS, isAsMeasured, runAt, written, WRITTEN } from './experiments.ts';
import { LIVES } from './life.ts';
import { replay, type Verdict } from './replay.ts';
import { UNMEASURED } from './unmeasured-bounds.ts';

/** A row of the table of behaviour, and the value that the row before it has. */
interface Bound {
  readonly fact: keyof typeof COURSES;
  readonly since: Version;
  readonly before: unknown;
  readonly after: unknown;
}

/** Whether what was recorded of a build is as planned. */
type IsRight = (release: Version) => boolean;

const FACTS = Object.keys(COURSES) as (keyof typeof COURSES)[];
const BOUNDS: readonly Bound[] = FACTS.flatMap((fact) =>
  COURSES[fact].flatMap(([since, after], index): readonly Bound[] => {
    const previous = COURSES[fact][index - 1];
    return previous === undefined ? [] : [{ fact, since, before: previous[1], after }];
  }),
);
/** Lines of releases are named without their first build, and begin with what that does. */
const LINES: readonly Version[] = ['7', '8', '9'];
const LIVED = [...new Set(LIVES.map(({ release }) => release))].toSorted(compareVersions);

const isRightInBands: IsRight = (release) =>
  Object.values(EXPERIMENTS).every((one) => isAsMeasured(one, release)) &&
  Object.entries(WRITTEN).every(([name, runs]) => written[name]?.(release) === runAt(runs, release)[1]);

const isLost = ({ step, plan }: Verdict): boolean =>
  step.exit === 0 &&
  (step.topKept === false || (step.lost ?? []).length > 0) &&
  plan.outcome !== 'refused';
const isRightInLives: IsRight = (release) =>
  LIVES.filter((life) => life.release === release)
    .flatMap(replay)
    .every((one) => one.difference === undefined && !isLost(one));

/** Runs a function while all releases behave in one way. */
function withValue<Result>(fact: Bound['fact'], value: unknown, run: () => Result): Result {
  const table = COURSES as Record<Bound['fact'], unknown>;
  const rows = table[fact];
  table[fact] = [['1', value]];
  try {
    return run();
  } finally {
    table[fact] = rows;
  }
}

/** Whether recordings of a build are right with one of the values of a bound, and wrong with the other. */
function isShown(isRight: IsRight, release: Version, { fact, before, after }: Bound, value: unknown): boolean {
  const other = value === before ? after : before;
  return (
    withValue(fact, value, () => isRight(release)) &&
    !withValue(fact, other, () => isRight(release))
  );
}

/** Whether the last build before a bound shows the one value and the first from it on the other, and names the bound. */
function isShownBy(builds: readonly Version[], isRight: IsRight, bound: Bound): boolean {
  const { since, before, after } = bound;
  const last = builds.findLast((one) => compareVersions(one, since) < 0);
  const first = builds.find((one) => compareVersions(one, since) >= 0);
  if (last === undefined || first === undefined) return false;
  const isNamed = LINES.includes(since)
    ? first === BUILDS.find((one) => one.startsWith(`${since}.`))
    : compareVersions(first, since) === 0;
  return isNamed && isShown(isRight, last, bound, before) && isShown(isRight, first, bound, after);
}

test.each(BOUNDS)('recordings show that $fact changes with $since, or nothing else is known', (bound) => {
  const reason = UNMEASURED[`${bound.fact} ${bound.since}`];
  const isMeasured = isShownBy(BUILDS, isRightInBands, bound);
  if (reason === undefined) expect(isMeasured || isShownBy(LIVED, isRightInLives, bound)).toBe(true);
  else expect(isMeasured).toBe(false);
});

test('no bound is named that is not in the table', () => {
  const known = BOUNDS.map(({ fact, since }) => `${fact} ${since}`);
  expect(Object.keys(UNMEASURED).filter((name) => !known.includes(name))).toEqual([]);
});

test.each([
  ['root', '7.0.197'],
  ['root', '7.0.199'],
  ['mergesOnDelete', '8.0.24'],
  ['changesOldFormat', '7.0.96'],
] as const)('%s does not begin with %s', (fact, since) => {
  const wrong = BOUNDS.filter((one) => one.fact === fact).map((one) => ({ ...one, since }));
  expect(wrong.some((bound) => isShownBy(BUILDS, isRightInBands, bound))).toBe(false);
});
