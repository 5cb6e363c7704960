import { expect, test } from 'vitest';

import { info } from './info.ts';

const descriptor = '/p/DiskDescriptor.xml';
const parse = (stdout: string): unknown => info.parse(stdout, { descriptor });

test('sizes become bytes', () => {
  expect(info.argv({ descriptor })).toEqual(['-s', descriptor]);
  expect(parse('size:\t\t204800\nblocksize:\t2048\nfmt_version:\t1\n')).toEqual({
    value: { size: 104857600, clusterSize: 1048576, version: 1 },
  });
});

test.each([
  '',
  'size:\t\t204800\n',
  'size:\t\t-1\nblocksize:\t2048\nfmt_version:\t1\n',
  'Opening delta /p\nsize:\t\t1\nblocksize:\t2048\nfmt_version:\t1\n',
])('%j is not an answer', (stdout) => {
  expect(parse(stdout)).toHaveProperty('expected');
});
