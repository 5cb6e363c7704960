import { expect, test } from 'vitest';

import { diagnostic } from './diagnostic.ts';
import { formatDiagnostic } from './format.ts';

test('a finding is one line, safe on a terminal, and not a book', () => {
  const place = { line: 3, column: 4 };
  expect(formatDiagnostic(diagnostic('SHOT_UNKNOWN', { guid: 'a\nb\u009b2J' }, place))).toBe(
    '3:4 SHOT_UNKNOWN there is no shot a\\u{a}b\\u{9b}2J',
  );
  const long = diagnostic('GUID_INVALID', { text: 'x'.repeat(1_000_000) });
  expect(formatDiagnostic(long)).toHaveLength(1001);
});
