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
  ['01777777777777777777777', 2n ** 64n - 1n],
  ['0xffffffffffffffff', 2n ** 64n - 1n],
  ['0x0000000000000000000000000010', 16n],
  [`0${'0'.repeat(100)}10`, 8n],
])('%j is read as C would', (text, value) => {
  expect(parseUnsigned(text)).toBe(value);
});

test.each(['', ' ', '2048 ', '2048x', '0x', '08', '- 1', '1.5', '1e3', '\u00a02048', 'big', '+-1'])(
  '%j is not a number',
  (text) => {
    expect(parseUnsigned(text)).toBeUndefined();
  },
);

test.each(['9', '0x9', '07', '-9'])(
  'millions of digits after %j are the largest number',
  (start) => {
    const started = performance.now();
    expect(parseUnsigned(start + '7'.repeat(9_000_000))).toBe(2n ** 64n - 1n);
    expect(performance.now() - started).toBeLessThan(5_000);
  },
);

test('a cluster size is cut to 32 bits', () => {
  expect(low32(2n ** 32n + 2048n)).toBe(2048);
});
