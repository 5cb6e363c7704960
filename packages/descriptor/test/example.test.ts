import { descriptorXml } from '@ploop/test-kit';
import { expect, test } from 'vitest';

import { filesOf } from './example.ts';

test('the example of the README', () => {
  expect(filesOf(descriptorXml([{}, { parent: 0 }, { parent: 0 }]))).toEqual(['d0', 'd2']);
});
