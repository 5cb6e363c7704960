import { randomGuid } from '@ploop/descriptor/internal';
import { expect, test } from 'vitest';

import { parseImageFormat } from './parse-image-format.ts';

test.each([
  ['Expanded', 'expanded'],
  ['PLOOP1', 'expanded'],
  ['preallocated', 'preallocated'],
  ['Raw', 'raw'],
  ['', undefined],
  ['raw ', undefined],
  ['toString', undefined],
])('the format %j is %j', (text, format) => {
  expect(parseImageFormat(text)).toBe(format);
});

test('GUIDs are version 4, in braces, in lower case, and differ', () => {
  const guids = Array.from({ length: 100 }, randomGuid);
  for (const guid of guids)
    expect(guid).toMatch(
      /^\{[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}\}$/,
    );
  expect(new Set(guids).size).toBe(guids.length);
});
