import { expect, test } from 'vitest';

import { resolveFile, tidyPath } from './resolve-file.ts';

test.each([
  ['root.hdd', '/x/a/root.hdd', '/x/a/root.hdd'],
  ['../b/root.hdd', '/x/a/../b/root.hdd', '/x/b/root.hdd'],
  ['./root.hdd', '/x/a/./root.hdd', '/x/a/./root.hdd'],
  ['sub/../root.hdd', '/x/a/sub/../root.hdd', '/x/root.hdd'],
  ['sub//root.hdd', '/x/a/sub//root.hdd', '/x/a/sub/root.hdd'],
  ['/y/r.hdd', '/y/r.hdd', '/y/r.hdd'],
  ['../../../../etc/passwd', '/x/a/../../../../etc/passwd', '/etc/passwd'],
])('%s in /x/a', (file, old, modern) => {
  expect(resolveFile('/x/a', file)).toBe(old);
  expect(resolveFile('/x/a', file, '1.12')).toBe(old);
  expect(resolveFile('/x/a', file, '7')).toBe(modern);
  expect(resolveFile('/x/a', file, '9')).toBe(modern);
});

test('in the root directory there is one slash', () => {
  expect(resolveFile('/', 'f')).toBe('/f');
  expect(resolveFile('/', '../f', '9')).toBe('/f');
});

test.each([
  ['a/b', 'a/b'],
  ['./a//b/', 'a/b'],
  ['/a/./b', '/a/b'],
  ['a/../b', 'a/../b'],
])('%s is tidied to %s', (file, tidy) => {
  expect(tidyPath(file)).toBe(tidy);
});

test('release 1.15 cuts a path after 4095 bytes', () => {
  expect(resolveFile('/d', 'x'.repeat(5000))).toBe(`/d/${'x'.repeat(4092)}`);
  expect(resolveFile('/d', `/${'é'.repeat(2047)}y`)).toBe(`/${'é'.repeat(2047)}`);
  expect(resolveFile('/d', `/${'é'.repeat(2048)}`)).toBe(`/${'é'.repeat(2047)}`);
  expect(resolveFile('/d', 'x'.repeat(5000), '9')).toHaveLength(5003);
});
