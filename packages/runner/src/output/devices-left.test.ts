import { expect, test } from 'vitest';

import { devicesLeft } from './devices-left.ts';

test.each([
  ['', []],
  ['Opening delta /p/root.hdd\n', []],
  [
    'Opening delta /p/root.hdd\nAdding delta dev=/dev/ploop0 img=/p/root.hdd (ro)\n' +
      'Adding delta dev=/dev/ploop0 img=/p/root.hdd.{1} (rw)\n',
    ['/dev/ploop0'],
  ],
  [
    '[ 0.000084] Adding delta dev=/dev/ploop1 img=/p/root.hdd (ro)\nUnmounting device /dev/ploop1\n' +
      'Adding delta dev=/dev/mapper/ploop49271 img=/p/a b (c).hdd (rw)\n',
    ['/dev/mapper/ploop49271'],
  ],
])('%j', (stdout, devices) => {
  expect(devicesLeft({ stdout })).toEqual(devices);
});
