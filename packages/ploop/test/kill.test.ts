import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';

import { hasTool, sample, temporaryDirectory } from '@ploop/test-kit';
import { hasCompiler, killAt, largeDiskSupport } from '@ploop/test-kit/preloads';
import { hasQemu } from '@ploop/test-kit/qemu';
import { expect, test } from 'vitest';

import { hasKernel, kernelLibrary, world } from './kernel/world.ts';

const execute = promisify(execFile);
const canRun = hasTool && hasCompiler && hasQemu;

// A count given by hand takes as long as it takes.
const timeout = process.env['PLOOP_RUNS'] === undefined ? 240_000 : 0;

test.skipIf(!canRun)('a change that is killed leaves a disk in order', { timeout }, async () => {
  const { numRuns, seed } = sample('kill', 1);
  const directory = await temporaryDirectory();
  const libraries = [killAt(directory), largeDiskSupport(directory)].join(':');
  const driver = hasKernel
    ? { KILL_KERNEL: kernelLibrary, KILL_WORLD: world().env['PLOOP_WORLD'] }
    : {};
  const program = join(import.meta.dirname, 'programs', 'kill', 'kill.mjs');
  const { stdout } = await execute(
    process.execPath,
    [program, String(numRuns), String(seed), libraries],
    { env: { ...process.env, ...driver, PLOOP_PAD: 'x'.repeat(8192) }, maxBuffer: 2 ** 26 },
  );
  console.info(`kill: ${stdout}`);
  expect(JSON.parse(stdout)).toMatchObject({ runs: numRuns, failures: [], failed: 0 });
});
