import { spawnSync } from 'node:child_process';
import { mkdir, readFile, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { descriptorXml, imageBytes, temporaryDirectory } from '@ploop/test-kit';
import { expect, test } from 'vitest';

const BIN = join(import.meta.dirname, '..', 'dist', 'bin.js');

test.skipIf(process.platform !== 'linux')('an argument that is not UTF-8 is refused', async () => {
  const directory = await temporaryDirectory();
  const disk = join(directory, 'd\uFFFD');
  await mkdir(disk);
  const xml = descriptorXml([{}], { blockSize: '64', size: '256' });
  await writeFile(join(disk, 'DiskDescriptor.xml'), xml);
  await writeFile(join(disk, 'd0'), imageBytes({ clusters: 4 }, [1]));
  await writeFile(join(directory, 'o\uFFFD'), 'precious');
  const shell = (command: string) =>
    spawnSync('bash', ['-c', command, process.execPath, BIN], { cwd: directory, encoding: 'utf8' });
  for (const argv of [
    "check $'d\\xff'",
    "check --json $'d\\xff'",
    "export d\uFFFD --force --output $'o\\xff'",
    "export d\uFFFD --force --output=$'o\\xff'",
  ]) {
    const { status, stdout, stderr } = shell(`"$0" "$1" ${argv}`);
    const [said, silent] = argv.includes('--json') ? [stdout, stderr] : [stderr, stdout];
    expect({ status, silent }).toEqual({ status: 2, silent: '' });
    expect(said).toContain('is not UTF-8');
  }
  expect(await readFile(join(directory, 'o\uFFFD'), 'utf8')).toBe('precious');
  expect(shell('"$0" "$1" export d\uFFFD --output x').status).toBe(0);
  expect((await readdir(directory)).sort()).toEqual(['d\uFFFD', 'o\uFFFD', 'x']);
});
