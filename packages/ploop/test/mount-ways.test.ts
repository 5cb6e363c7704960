import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

import { temporaryDirectory } from '@ploop/test-kit';
import { expect, test } from 'vitest';

import { hasKernel } from './kernel/world.ts';
import { machine } from './machine.ts';

const SOURCE = join(import.meta.dirname, 'programs', 'mount-ways.c');

/** Runs a program, and gives what it says. */
function said(file: string, argv: readonly string[], env: NodeJS.ProcessEnv = process.env): string {
  const { status, stdout, stderr } = spawnSync(file, argv, { env, encoding: 'utf8' });
  expect([status, stderr]).toEqual([0, '']);
  return stdout;
}

test.skipIf(!hasKernel)(
  'a mount is found by the number of its device, as newer releases do',
  async () => {
    const { disk, target, env } = await machine('ext4');
    await disk.mount({ target });
    const program = join(await temporaryDirectory(), 'mount-ways');
    said('cc', ['-Wall', '-Wextra', '-Werror', '-o', program, SOURCE]);
    const lines = said(program, ['/dev/ploop0p1', target], { ...process.env, ...env });
    const shown = target.replaceAll(' ', String.raw`\040`);
    expect(lines.trimEnd().split('\n')).toEqual([
      `stat 182:1 ${shown}`,
      `lstat 182:1 ${shown}`,
      `fstat 182:1 ${shown}`,
      `statx 182:1 ${shown}`,
      'stat 182:1 ploop0p1',
      'fstat 182:1 ploop0p1',
      'statx 182:1 ploop0p1',
    ]);
  },
);
