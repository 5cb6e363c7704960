import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { descriptorXml, imageBytes, temporaryDirectory } from '@ploop/test-kit';
import { expect, test } from 'vitest';

import { rescue } from './example.ts';

test('the example of the README', async () => {
  const directory = await temporaryDirectory();
  const xml = descriptorXml([{}], { blockSize: '64', size: '256' });
  await writeFile(join(directory, 'DiskDescriptor.xml'), xml);
  await writeFile(join(directory, 'd0'), imageBytes({ clusters: 4 }, [1], 1));
  const target = join(await temporaryDirectory(), 'disk.raw');
  expect(await rescue(directory, target)).toEqual([]);
  expect(await readFile(target)).toHaveLength(256 * 512);
});
