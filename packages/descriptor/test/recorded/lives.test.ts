import { expect, test } from 'vitest';

import { LIVES } from './life.ts';
import { replay, type Verdict } from './replay.ts';

const RELEASES = [...new Set(LIVES.map(({ release }) => release))];
const rows: string[] = [];

const named = ({ life, at, step, difference }: Verdict): string =>
  `${life.kind} ${String(life.seed)}, step ${String(at)}: ${step.op} ${JSON.stringify(step.input)}: ${String(difference)}`;

test.each(RELEASES)('%s does what is planned for it, and what loses data is refused', (release) => {
  const verdicts = LIVES.filter((life) => life.release === release).flatMap(replay);
  const differing = verdicts.filter(({ difference }) => difference !== undefined);
  const losing = verdicts.filter(
    ({ step }) => step.exit === 0 && (step.topKept === false || (step.lost ?? []).length > 0),
  );
  const refused = losing.filter(({ plan }) => plan.outcome === 'refused');
  const numbers = { steps: verdicts.length, differ: differing.length, losing: losing.length };
  rows.push(`${release} ${JSON.stringify(numbers)}`);
  expect(differing.map(named)).toEqual([]);
  expect(losing.filter((one) => !refused.includes(one)).map(named)).toEqual([]);
  expect(verdicts.length).toBeGreaterThan(20);
  if (rows.length === RELEASES.length) console.info(rows.join('\n'));
});
