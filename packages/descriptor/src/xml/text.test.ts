import { expect, test } from 'vitest';

import { firstTextNode } from './text.ts';

test.each([
  ['plain', 'plain'],
  [' kept ', ' kept '],
  ['a&amp;b&lt;&gt;&quot;&apos;', `a&b<>"'`],
  ['&#x7b;&#125;', '{}'],
  ['&#x1F4BE;', '\u{1F4BE}'],
  ['root&e;tail', 'root'],
  ['&e;tail', 'tail'],
  ['&e;&f;', undefined],
  ['', undefined],
])('%j reads %j', (raw, text) => {
  expect(firstTextNode(raw)).toBe(text);
});
