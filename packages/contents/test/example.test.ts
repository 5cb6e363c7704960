import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { temporaryDirectory } from '@ploop/test-kit';
import { hasDiskPrograms } from '@ploop/test-kit/programs';
import { expect, test } from 'vitest';

import { hostNameOf } from './example.ts';
import { sourceIn, withReader } from './ext/image.ts';
import { run } from './ext/programs.ts';

test.skipIf(!hasDiskPrograms)('the example of the README', async () => {
  const directory = await temporaryDirectory();
  const source = sourceIn(directory);
  mkdirSync(join(source, 'etc'));
  writeFileSync(join(source, 'etc', 'hostname'), 'ct101\n');
  const image = join(directory, 'image');
  run('mke2fs', '-q', '-t', 'ext4', '-d', source, image, '8M');
  expect(await withReader(image, hostNameOf)).toBe('ct101');
});
