import { expect, test } from 'vitest';

import { ExitCode, exitNameOf } from './exit-codes.ts';

test('codes and names', () => {
  expect(ExitCode.PARAM).toBe(38);
  expect(exitNameOf(38)).toBe('PARAM');
  expect(exitNameOf(46)).toBe('UMOUNT_BUSY');
  expect(exitNameOf(255)).toBe('UNSPECIFIC');
});

test.each([0, 8, 10, 25, 31, 32, 34, 42, 47, 126, 127, 254])('%d has no name', (code) => {
  expect(exitNameOf(code)).toBeUndefined();
});

test('no number is used twice', () => {
  const numbers = Object.values(ExitCode);
  expect(new Set(numbers).size).toBe(numbers.length);
  expect(numbers).toHaveLength(40);
});
