import { expect, test } from 'vitest';

import { exceeds, limitOfTag, XML_LIMITS } from './limits.ts';

test.each(['text', 'name'] as const)('a %s is measured in bytes', (limit) => {
  const most = XML_LIMITS[limit];
  expect(exceeds(limit, 'x'.repeat(most))).toBe(false);
  expect(exceeds(limit, 'x'.repeat(most + 1))).toBe(true);
  expect(exceeds(limit, 'é'.repeat(most / 2))).toBe(false);
  expect(exceeds(limit, 'é'.repeat(most / 2 + 1))).toBe(true);
});

test('a start tag is as long as it is, each part of a name by itself', () => {
  const name = 'n'.repeat(XML_LIMITS.name);
  expect(limitOfTag('a', {}, XML_LIMITS.tag + 1)).toBe('tag');
  expect(limitOfTag(`${name}:${name}`, { [name]: '' }, 200_000)).toBeUndefined();
  expect(limitOfTag('a', { [`${name}n`]: '' }, 60_000)).toBe('name');
});
