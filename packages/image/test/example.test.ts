import { sectors } from '@ploop/descriptor';
import { expect, test } from 'vitest';

import { createImage, memorySource } from '../src/index.ts';
import { firstSectorOf } from './example.ts';

test('the example of the README', async () => {
  const { header, fileBytes } = createImage({ version: 2, size: sectors(2048) });
  const file = new Uint8Array(fileBytes);
  file.set(header);
  expect(await firstSectorOf([memorySource('base', file)])).toEqual(new Uint8Array(512));
});
