import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { descriptorXml, imageBytes, temporaryDirectory } from '@ploop/test-kit';
import { expect, test } from 'vitest';

import { checkDisk, openSnapshot } from '../src/index.ts';
import { backUp } from './backup-example.ts';

const guidOf = (index: number): string =>
  `{${String(index + 1).repeat(8)}-0000-4000-8000-000000000000}`;

test('the example of docs/backup.md makes a disk, and copies the second time what is new', async () => {
  const root = await temporaryDirectory();
  const [disk, directory] = [join(root, 'root.hdd'), join(root, 'backup')];
  await mkdir(disk);
  await mkdir(directory);
  const shots = [{ guid: guidOf(0) }, { guid: guidOf(1), parent: 0 }, { parent: 1 }];
  await writeFile(join(disk, 'DiskDescriptor.xml'), descriptorXml(shots, { blockSize: '64' }));
  const images = [
    imageBytes({ clusters: 8 }, [1, 2], 2),
    imageBytes({ clusters: 8 }, [0, 1, 0, 2], 2),
    imageBytes({ clusters: 8 }, [1], 1),
  ];
  for (const [index, bytes] of images.entries())
    await writeFile(join(disk, `d${String(index)}`), bytes);

  expect(await backUp(disk, guidOf(0), directory)).toBe(images[0]?.length);
  expect(await backUp(disk, guidOf(1), directory)).toBe(images[1]?.length);
  expect(await backUp(disk, guidOf(1), directory)).toBe(0);
  expect(
    (await checkDisk(directory, { deep: true })).diagnostics.filter(
      ({ severity }) => severity !== 'info',
    ),
  ).toEqual([]);
  expect(await hashOf(directory)).toBe(await hashOf(disk, guidOf(1)));
  expect(JSON.parse(await readFile(join(directory, 'backup.json'), 'utf8'))).toMatchObject({
    guid: guidOf(1),
  });

  async function hashOf(path: string, guid?: string): Promise<string> {
    const snapshot = await openSnapshot(path, guid);
    try {
      return await snapshot.hash();
    } finally {
      await snapshot.close();
    }
  }
});
