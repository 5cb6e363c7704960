import { expect, test } from 'vitest';

import { low32, parseUnsigned } from './number.ts';

test.each([
  ['2048', 2048n],
  ['0x800', 2048n],
  ['0X800', 2048n],
  ['04000', 2048n],
  ['0', 0n],
  ['00', 0n],
  [' \t2048', 2048n],
  ['+2048', 2048n],
  ['-5', 2n ** 64n - 5n],
  ['-0', 0n],
  ['18446744073709551615', 2n ** 64n - 1n],
  ['99999999999999999999999', 2n ** 64n - 1n],
])('%j is read as C would', (text, value) => {
  expect(parseUnsigned(text)).toBe(value);
});

test.each(['', ' ', '2048 ', '2048x', '0x', '08', '- 1', '1.5', '1e3', '\u00a02048', 'big', '+-1'])(
  '%j is no number',
  (text) => {
    expect(parseUnsigned(text)).toBeUndefined();
  },
);

test('a cluster size is cut to 32 bits', () => {
  expect(low32(2n ** 32n + 2048n)).toBe(2048);
});
