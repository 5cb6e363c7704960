import { execFileSync } from 'node:child_process';
import { join } from 'node:path';

import { hasTool, sample } from '@ploop/test-kit';
import { expect, test } from 'vitest';

const seconds = process.env['PLOOP_SOAK_SECONDS'] ?? '3';
// A duration given by hand takes as long as it takes.
const timeout = 60_000 + 2_000 * Number(seconds);

test.skipIf(!hasTool)('two processes blame each other for nothing', { timeout }, () => {
  const program = join(import.meta.dirname, 'programs', 'two-writers.mjs');
  const { seed } = sample('two writers', 1);
  const told = JSON.parse(
    execFileSync(process.execPath, [program, seconds, String(seed)], { encoding: 'utf8' }),
  ) as Readonly<Record<string, unknown>>;
  console.info(`two writers, ${seconds} s: ${JSON.stringify(told)}`);
  expect(told).toMatchObject({ failures: [], failed: 0 });
  expect(told['calls']).toBeGreaterThan(0);
});

test.skipIf(!hasTool)('reads are right while four processes change the disk', { timeout }, () => {
  const program = join(import.meta.dirname, 'programs', 'soak.mjs');
  const told = JSON.parse(
    execFileSync(process.execPath, [program, seconds], { encoding: 'utf8' }),
  ) as Readonly<Record<string, unknown>>;
  console.info(`soak of ${seconds} s: ${JSON.stringify(told)}`);
  expect(told).toMatchObject({ failures: [], failed: 0 });
  expect(told['reads']).toBeGreaterThan(100);
  expect(told['writes']).toBeGreaterThan(0);
});
