import { expect, test } from 'vitest';

import { toTable } from './table.ts';

test('columns are as wide as a terminal shows them', () => {
  expect(
    toTable([
      ['NAME', 'SIZE'],
      ['日本語', '1'],
      ['e\u0301te\u0301', '2'],
      ['a\u200db', '3'],
    ]),
  ).toEqual(['NAME        SIZE', '日本語      1', 'e\u0301te\u0301         2', 'a\\u{200d}b  3']);
});
