import { temporaryDirectory } from '@ploop/test-kit';
import { expect, test } from 'vitest';

import { LIVES } from './life.ts';
import { replay } from './replay.ts';

const releases = [...new Set(LIVES.map(({ release }) => release))];

test.each(releases)('the simulated %s does to disks what the recorded one did', async (release) => {
  const lives = LIVES.filter((life) => life.release === release);
  const results = [];
  for (const life of lives) results.push(await replay(life, await temporaryDirectory()));
  const differences = results.flatMap(({ difference }) => difference ?? []);
  expect(differences).toEqual([]);
  const same = results.reduce((sum, result) => sum + result.same, 0);
  const stopped = results.filter((result) => result.stopped !== undefined).length;
  console.log(
    `${release}: ${String(lives.length)} lives, ${String(same)} calls equal, ${String(stopped)} lives ended by what is not simulated`,
  );
  expect(same).toBeGreaterThan(3 * lives.length);
});
