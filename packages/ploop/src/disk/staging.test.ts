import { mkdir, readFile, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { temporaryDirectory } from '@ploop/test-kit';
import { expect, test } from 'vitest';

import { staged } from './staging.ts';

const DESCRIPTOR = 'DiskDescriptor.xml';

test.each(['root.hdd', DESCRIPTOR])(
  'what appears meanwhile is kept, and nothing of the new disk: %s',
  async (name) => {
    const directory = await temporaryDirectory();
    const made = staged(directory, async (staging) => {
      await writeFile(join(staging, 'root.hdd'), 'image');
      await writeFile(join(staging, DESCRIPTOR), 'descriptor');
      await writeFile(join(directory, name), 'precious');
    });
    await expect(made).rejects.toMatchObject({ code: 'REFUSED', reason: 'TARGET_EXISTS' });
    expect(await readdir(directory)).toEqual([name]);
    expect(await readFile(join(directory, name), 'utf8')).toBe('precious');
  },
);

test('a directory in the place of a file is kept as well', async () => {
  const directory = await temporaryDirectory();
  await mkdir(join(directory, 'root.hdd'));
  const made = staged(directory, async (staging) => {
    await writeFile(join(staging, 'root.hdd'), 'image');
    await writeFile(join(staging, DESCRIPTOR), 'descriptor');
  });
  await expect(made).rejects.toMatchObject({ reason: 'TARGET_EXISTS' });
  expect(await readdir(directory)).toEqual(['root.hdd']);
});
