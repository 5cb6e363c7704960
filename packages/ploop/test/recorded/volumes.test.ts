import { realpathSync } from 'node:fs';

import { sample, temporaryDirectory } from '@ploop/test-kit';
import { expect, test } from 'vitest';

import { VOLUMES, walk } from '../../../descriptor/test/recorded/volume-scenarios.ts';
import { differenceOf, fateOf } from './fate.ts';
import { readsDiffer } from './reads.ts';
import { stageOf } from './stage.ts';

/** A replay takes some ten seconds: that of one release, from which on a seed says, if not all are asked for. */
const SHOWN = process.env['PLOOP_RECORDINGS'] === undefined ? sampled() : VOLUMES;

function sampled(): typeof VOLUMES {
  const { numRuns, seed } = sample('recorded volumes', 1);
  const first = seed % VOLUMES.length;
  return [...VOLUMES.slice(first), ...VOLUMES.slice(0, first)].slice(0, numRuns);
}

test.each(SHOWN)(
  'volumes of $release: what loses data is refused, the rest is done',
  async ({ release, scenarios }) => {
    const differences: string[] = [];
    const unseen: string[] = [];
    const numbers = { steps: 0, reads: 0, losses: 0, refused: 0, stricter: 0 };
    for (const [scenario, steps] of Object.entries(scenarios)) {
      const stage = stageOf(realpathSync(await temporaryDirectory()), release);
      for (const walked of walk(steps)) {
        const { step, at, lost } = walked;
        const fate = await fateOf(stage, step, release);
        if (fate === undefined) await stage.apply(step);
        else {
          numbers.steps += 1;
          if (lost.length > 0) numbers.losses += 1;
          if (fate.fate === 'refused' && lost.length > 0) numbers.refused += 1;
          if (fate.fate === 'refused' && lost.length === 0 && step.exit === 0)
            numbers.stricter += 1;
          if (lost.length > 0 && step.exit === 0 && fate.bareReason === undefined)
            unseen.push(`${scenario} ${String(at)}: ${step.argv?.join(' ') ?? ''}`);
          const difference = differenceOf(walked, fate);
          if (difference !== undefined)
            differences.push(
              `${scenario} ${String(at)}: ${step.argv?.join(' ') ?? ''}: ${difference}`,
            );
        }
        numbers.reads += 1;
        for (const told of await readsDiffer(stage, walked))
          differences.push(`${scenario} ${String(at)}: ${told}`);
      }
    }
    console.info(`${release} ${JSON.stringify({ ...numbers, differences: differences.length })}`);
    expect(differences).toEqual([]);
    expect(unseen, 'which the runner alone lets pass').toEqual([]);
    expect(numbers.refused).toBe(numbers.losses);
  },
);
