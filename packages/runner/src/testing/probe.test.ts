import { compareVersions, numbersOf, versionOf } from '@ploop/descriptor/releases';
import { expect, test } from 'vitest';

import { RECORDED, recordedExec } from '../../test/recorded/usages.ts';
import { probeRelease } from '../release/probe.ts';
import { createSimulatedPloop } from './simulated-ploop.ts';

const driven = RECORDED.filter((release) => compareVersions(release, '1.11') >= 0);

test.each(driven)('the simulated %s is taken for what the real one is', async (release) => {
  const real = recordedExec(release);
  const { exec } = createSimulatedPloop({ release: versionOf(numbersOf(release)) });
  const found = await probeRelease((argv) => exec({ file: 'ploop', argv, env: {} }));
  expect(found).toEqual(await probeRelease((argv) => real({ file: 'ploop', argv, env: {} })));
});
