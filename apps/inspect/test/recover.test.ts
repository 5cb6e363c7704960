import { execFileSync } from 'node:child_process';
import { readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { imageBytes, temporaryDirectory } from '@ploop/test-kit';
import { expect, test } from 'vitest';

import { main } from '../src/main.ts';
import { writeTestDisk } from './test-disk.ts';

const DELTA = 'root.hdd.{11111111-0000-4000-8000-000000000000}';

/** A disk of two images, of which only one order is possible. */
async function lostDisk(): Promise<string> {
  const directory = await temporaryDirectory();
  await writeFile(join(directory, 'root.hdd'), imageBytes({ clusters: 8 }, [1]));
  await writeFile(join(directory, DELTA), imageBytes({ clusters: 8 }, [0, 1], 1));
  return directory;
}

test('a lost descriptor is written where there is none, and the tool accepts it', async () => {
  const directory = await lostDisk();
  const { stdout, exitCode } = await main(['recover', directory]);
  expect(exitCode).toBe(0);
  expect(stdout).toContain('candidate 1 (likely):\n○ ');
  expect((await main(['recover', directory, '--write', '1'])).exitCode).toBe(0);
  const descriptor = join(directory, 'DiskDescriptor.xml');
  const listed = execFileSync('ploop', ['snapshot-list', descriptor], { encoding: 'utf8' });
  expect(listed).toContain(`${directory}/${DELTA}`);
  expect((await main(['check', directory])).exitCode).toBe(0);
});

test('a descriptor that is there is kept', async () => {
  const directory = await lostDisk();
  const descriptor = join(directory, 'DiskDescriptor.xml');
  await writeFile(descriptor, '<broken');
  expect((await main(['recover', directory, '--write', '1'])).exitCode).toBe(0);
  expect(await readFile(descriptor, 'utf8')).toBe('<broken');
  expect((await readdir(directory)).sort()).toContain('DiskDescriptor.xml.recovered');
  const again = await main(['recover', '--json', directory, '--write', '1']);
  expect(again.exitCode).toBe(2);
  expect(JSON.parse(again.stdout)).toMatchObject({ diagnostics: [{ code: 'FILE_UNWRITABLE' }] });
});

test('what the evidence does not decide is said', async () => {
  const directory = await writeTestDisk();
  await rm(join(directory, 'DiskDescriptor.xml'));
  const { stdout, exitCode } = await main(['recover', directory]);
  expect(exitCode).toBe(1);
  expect(stdout).toMatch(/candidates fit the evidence equally well/);
  const json = JSON.parse((await main(['recover', '--json', directory])).stdout) as object;
  expect(json).toMatchObject({ ambiguous: true, candidates: { length: 20 } });
});

test('what cannot be recovered', async () => {
  const empty = await temporaryDirectory();
  expect((await main(['recover', empty])).exitCode).toBe(2);
  expect((await main(['recover', join(empty, 'none')])).exitCode).toBe(2);
  for (const number of ['0', 'x', '100', '-1'])
    expect((await main(['recover', await lostDisk(), '--write', number])).exitCode).toBe(2);
  expect((await main(['recover', await lostDisk(), '--write', '7'])).exitCode).toBe(2);
});
