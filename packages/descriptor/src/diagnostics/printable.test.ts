import { sample } from '@ploop/test-kit';
import fc from 'fast-check';
import { expect, test } from 'vitest';

import { printable } from './printable.ts';

test('letters, marks and spaces stay', () => {
  for (const text of ['root.hdd', 'a b', 'é', 'e\u0301', '磁盘', '💾', ''])
    expect(printable(text)).toBe(text);
});

test.each([
  ['\n', '\\u{a}'],
  ['\u001b[31m', '\\u{1b}[31m'],
  ['\u0085', '\\u{85}'],
  ['\u00a0', '\\u{a0}'],
  ['\u3000', '\\u{3000}'],
  ['\u034f', '\\u{34f}'],
  ['\u3164', '\\u{3164}'],
  ['\u2800', '\\u{2800}'],
  ['\ufe0f', '\\u{fe0f}'],
  ['\u{e0100}', '\\u{e0100}'],
  ['\u202e', '\\u{202e}'],
  ['\u2028', '\\u{2028}'],
  ['\ud800', '\\u{d800}'],
  ['\ufffe', '\\u{fffe}'],
  ['\\', '\\'],
  ['\\\\', '\\\\'],
  ['\\u', '\\u'],
  ['\\u{a}', '\\u{5c}u{a}'],
])('%j is written %s', (text, written) => {
  expect(printable(`a${text}b`)).toBe(`a${written}b`);
});

test('what is printed says which text it was', () => {
  const texts = fc.array(fc.constantFrom('\\', 'u', '{', 'a', '}', '5c', '\n', '\u202e', 'é', '"'));
  fc.assert(
    fc.property(texts, (parts) => {
      const text = parts.join('');
      const read = printable(text).replace(/\\u\{([0-9a-f]+)\}/g, (_all, hex: string) =>
        String.fromCodePoint(Number.parseInt(hex, 16)),
      );
      expect(read).toBe(text);
    }),
    sample('printable texts', 500),
  );
});
