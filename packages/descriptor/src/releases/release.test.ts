import { expect, test } from 'vitest';

import { parseRelease } from './release.ts';

test.each([
  ['1.12', '1.12'],
  ['1.12.2', '1.12'],
  ['1.9', '1.12'],
  ['1.13', '1.15'],
  ['1.15', '1.15'],
  ['7', '7'],
  ['7.0.280', '7'],
  ['8.0.98', '8'],
  ['9.0.30', '9'],
  ['2.0', undefined],
  ['', undefined],
  ['nine', undefined],
  ['9.x', undefined],
])('%j is of family %s', (text, release) => {
  expect(parseRelease(text)).toBe(release);
});
