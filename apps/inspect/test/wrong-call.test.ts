import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';

import { temporaryDirectory } from '@ploop/test-kit';
import { expect, test } from 'vitest';

import { main } from '../src/main.ts';
import { writeTestDisk } from './test-disk.ts';

test.each([
  [['show', '--json'], "missing required argument 'path'"],
  [['shwo', '--json'], "unknown command 'shwo'"],
  [['tree', '--format', 'json', '--format=png', 'x'], "'png' is invalid"],
  [['tree', '--format', 'svg', '--json', 'x'], 'cannot be used with'],
  [['export', '--json', '--output', '-', 'x'], "need a file as '--output'"],
  [['explain', '--json', 'NOPE'], 'there is no finding NOPE'],
])('%j is refused in JSON', async (argv, message) => {
  const { stdout, stderr, exitCode } = await main(argv);
  const { error } = JSON.parse(stdout) as { error: { message: string; hint: string } };
  expect(error.message).toContain(message);
  expect(error.message).not.toContain('\n');
  expect(error.hint).not.toBe('');
  expect({ stderr, exitCode }).toEqual({ stderr: '', exitCode: 2 });
});

test('what stands after -- is not an option', async () => {
  expect(await main(['show', '--', '--json', 'x'])).toMatchObject({ stdout: '', exitCode: 2 });
});

test('--json is --format json', async () => {
  const path = await writeTestDisk();
  for (const command of ['tree', 'check'])
    expect(await main([command, '--format', 'json', path])).toEqual(
      await main([command, '--json', path]),
    );
  const root = await temporaryDirectory();
  for (const format of ['json', 'jsonl', 'prometheus'])
    expect(await main(['scan', '--format', format, root])).toEqual(
      await main(['scan', `--${format}`, root]),
    );
  for (const others of [
    ['--json', '--jsonl'],
    ['--jsonl', '--prometheus'],
    ['--json', '--format', 'text'],
  ])
    expect((await main(['scan', ...others, root])).exitCode).toBe(2);
});

test('space of several disks', async () => {
  const one = await writeTestDisk();
  const other = join(await temporaryDirectory(), 'none');
  await mkdir(other);
  const { stdout, exitCode } = await main(['space', one, one]);
  expect(stdout.split(`${one}:\nGUID`)).toHaveLength(3);
  expect(exitCode).toBe(0);
  const json = JSON.parse((await main(['space', '--json', one, other])).stdout) as unknown[];
  expect(json).toMatchObject([{ accepted: true }, { path: other, accepted: false, images: [] }]);
  expect((await main(['space', one, other])).exitCode).toBe(2);
});
