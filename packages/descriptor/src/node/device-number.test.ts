import { expect, test } from 'vitest';

import { deviceNumber } from './device-number.ts';

// As makedev(3) of the GNU C library packs them.
test.each([
  [2049n, '8:1'],
  [286_327_664n, '259:70000'],
  [16_823_808n, '182:4096'],
  [4_294_967_295n, '4095:1048575'],
  [0x0000_1000_0000_0001n, '4096:1'],
])('%d is %s', (packed, number) => {
  expect(deviceNumber(packed)).toBe(number);
});
