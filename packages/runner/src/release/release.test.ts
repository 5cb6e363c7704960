import type { Releases } from '@ploop/descriptor/releases';
import { expect, test } from 'vitest';

import { availability, compareVersions, describeRelease, describeReleases } from './release.ts';

const sparse: Releases = [{ since: '7.0.121', before: '8' }, { since: '8.0.15' }];

test.each([
  ['1.15', '7.0.1'],
  ['7.0.9', '7.0.88'],
  ['7.0.280', '8'],
  ['8', '8.0.1'],
] as const)('%s came before %s', (one, other) => {
  expect(compareVersions(one, other)).toBeLessThan(0);
  expect(compareVersions(other, one)).toBeGreaterThan(0);
  expect(compareVersions(one, one)).toBe(0);
});

test.each([
  [{ from: '1.15', to: '1.15' }, 'no'],
  [{ from: '7.0.121', to: '7.0.280' }, 'yes'],
  [{ from: '7.0.88', to: '7.0.280' }, 'maybe'],
  [{ from: '7.0.88', to: '7.0.120' }, 'no'],
  [{ from: '7.0.121' }, 'maybe'],
  [{ from: '8.0.1', to: '8.0.14' }, 'no'],
  [{ from: '8.0.59' }, 'yes'],
  [{ from: '1' }, 'maybe'],
  [undefined, 'maybe'],
] as const)('%j has it: %s', (release, expected) => {
  expect(availability(release, sparse)).toBe(expected);
});

test('releases in words', () => {
  expect(describeReleases(sparse)).toBe('7.0.121 to before 8, 8.0.15 and later');
  expect(describeRelease({ from: '1.15', to: '1.15' })).toBe('1.15');
  expect(describeRelease({ from: '7.0.88', to: '7.0.120' })).toBe('7.0.88 to 7.0.120');
  expect(describeRelease({ from: '9.0.25' })).toBe('9.0.25 or later');
  expect(describeRelease({ from: '7.0.274', to: '7.0.999' })).toBe('7.0.274 to 7.0.x');
  expect(describeRelease({ from: '1', to: '1.10.999' })).toBe('1 to 1.10.x');
});
