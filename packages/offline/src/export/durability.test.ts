import { spawnSync } from 'node:child_process';
import { readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { descriptorXml, imageBytes, temporaryDirectory } from '@ploop/test-kit';
import { failingCalls, hasCompiler } from '@ploop/test-kit/preloads';
import { expect, test } from 'vitest';

import { openSnapshot } from '../snapshot/open-snapshot.ts';
import { exportSnapshot } from './export-snapshot.ts';

/** Exports the disk in a directory to `out.raw` in it. */
const PROGRAM = `
  import { exportSnapshot, openSnapshot } from '@ploop/offline';
  const [, directory] = process.argv;
  const snapshot = await openSnapshot(directory);
  await exportSnapshot(snapshot, directory + '/out.raw').catch(({ code, cause, diagnostics }) => {
    const [, { code: second, data }] = diagnostics;
    console.log(JSON.stringify({ code, cause: cause?.code, second, done: data.done }));
  });
  await snapshot.close();
`;

/** A disk of so many MiB with data at its begin and at its end. */
async function disk(clusters: number): Promise<string> {
  const directory = await temporaryDirectory();
  const bat = Array.from({ length: clusters }, () => 0);
  [bat[0], bat[clusters - 1]] = [1, 2];
  const image = imageBytes({ blockSize: 2048, clusters }, bat, 2);
  await writeFile(join(directory, 'd0'), image);
  const xml = descriptorXml([{}], { blockSize: '2048' });
  await writeFile(join(directory, 'DiskDescriptor.xml'), xml);
  return directory;
}

test.runIf(hasCompiler).each([
  ['fdatasync', 1024],
  ['fsync', 128],
])(
  'data that %s could not bring to the disk are never taken for written',
  async (call, clusters) => {
    const directory = await disk(clusters);
    const { stdout, stderr } = spawnSync(
      process.execPath,
      ['--input-type=module', '-e', PROGRAM, '--', directory],
      {
        cwd: import.meta.dirname,
        encoding: 'utf8',
        env: { ...process.env, LD_PRELOAD: failingCalls(directory), FAILING_SYNC: call },
      },
    );
    expect(stderr).toBe('');
    expect(JSON.parse(stdout)).toEqual({
      code: 'FILE_UNWRITABLE',
      cause: 'EIO',
      second: 'EXPORT_UNFINISHED',
      done: 0,
    });
    expect(await readdir(directory)).not.toContain('out.raw');
    const snapshot = await openSnapshot(directory);
    const { resumedAt } = await exportSnapshot(snapshot, join(directory, 'out.raw'));
    expect(resumedAt).toBe(0);
    await snapshot.close();
  },
);
