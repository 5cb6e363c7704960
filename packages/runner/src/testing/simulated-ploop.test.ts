import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';

import { temporaryDirectory } from '@ploop/test-kit';
import { expect, test } from 'vitest';

import { createSimulatedPloop } from './simulated-ploop.ts';

test('an image that is in the way is kept, and nothing succeeds', async () => {
  const { exec } = createSimulatedPloop();
  const image = join(await temporaryDirectory(), 'root.hdd');
  await writeFile(image, 'precious');
  const argv = ['init', '-s', '16M', '-t', 'none', image];
  expect(await exec({ file: 'ploop', argv, env: {} })).toMatchObject({ exitCode: 70 });
  expect(await readFile(image, 'utf8')).toBe('precious');
  await rm(image);
  expect(await exec({ file: 'ploop', argv, env: {} })).toMatchObject({ exitCode: 0 });
});

test('a lock that is given up before it is taken ends', async () => {
  const { exec } = createSimulatedPloop();
  const request = { file: 'flock', argv: [], env: {}, stdin: new PassThrough() };
  expect(await exec({ ...request, signal: AbortSignal.abort() })).toMatchObject({
    cancelled: true,
  });
});
