import { link, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { descriptorXml, imageBytes, temporaryDirectory, testGuid } from '@ploop/test-kit';
import { expect, test } from 'vitest';

import { diskSpace } from './disk-space.ts';

test('deleting one name of a file frees nothing while another is left', async () => {
  const root = await temporaryDirectory();
  const directory = join(root, 'disk');
  await mkdir(directory);
  // The second image is a leaf beside the top.
  const nodes = [{}, { parent: 0 }, { parent: 0 }];
  const xml = descriptorXml(nodes, { blockSize: '64', size: '4096' });
  await writeFile(join(directory, 'DiskDescriptor.xml'), xml);
  const image = imageBytes({ version: 2 }, [1, 2]);
  for (const name of ['d0', 'd1', 'd2']) await writeFile(join(directory, name), image);
  const frees = async (): Promise<number | undefined> => {
    const { operations } = await diskSpace(directory);
    return operations.find(({ guid, operation }) => guid === testGuid(1) && operation === 'delete')
      ?.frees;
  };
  expect(await frees()).toBe(image.length);
  await link(join(directory, 'd1'), join(root, 'elsewhere'));
  expect(await frees()).toBe(0);
});
