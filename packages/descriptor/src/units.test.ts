import { expect, test } from 'vitest';

import { bytes, isClusterSize, sectors, toBytes, toSectors } from './units.ts';

test('a sector is 512 bytes', () => {
  expect(toBytes(sectors(2048))).toBe(1024 * 1024);
  expect(toSectors(bytes(1024))).toBe(2);
  expect(toSectors(bytes(1025))).toBeUndefined();
});

test.each([64, 128, 2048, 131072])('%d sectors can be a cluster', (count) => {
  expect(isClusterSize(count)).toBe(true);
});

test.each([0, 32, 63, 65, 504, 131073, 262144, -2048, 2048.5, Number.NaN, 2 ** 32 + 2048])(
  '%d sectors can not',
  (count) => {
    expect(isClusterSize(count)).toBe(false);
  },
);
