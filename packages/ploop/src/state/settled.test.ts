import { expect, test } from 'vitest';

import { isSettled } from './settled.ts';

const SECOND = 1_000_000_000n;
const NOW = 1_700_000_000n * SECOND + SECOND / 2n;

test.each([
  ['of nanoseconds, just written', NOW - 1_000_003n, false],
  ['of nanoseconds, a while ago', NOW - 200_000_003n, true],
  ['in the future', NOW + 3_000_000_001n, false],
  // What is written twice within a second has one time there, as on ext4 with inodes of 128 bytes.
  ['of whole seconds, in this one', NOW - SECOND / 2n, false],
  ['of whole seconds, in the one before', NOW - (3n * SECOND) / 2n, false],
  ['of whole seconds, some ago', NOW - (7n * SECOND) / 2n, true],
])('a time %s', (_name, ctimeNs, settled) => {
  expect(isSettled(ctimeNs, NOW)).toBe(settled);
});
