import { NIL_GUID, TOP_GUID } from '@ploop/descriptor';
import { expect, test } from 'vitest';

import { snapshotList } from './snapshot-list.ts';

const descriptor = '/p/DiskDescriptor.xml';
const parse = (stdout: string): unknown => snapshotList.parse(stdout, { descriptor });

test('the columns are asked for by name, the file last', () => {
  expect(snapshotList.argv({ descriptor })).toEqual([
    '-H',
    '-o',
    'uuid,parent_uuid,current,fname',
    descriptor,
  ]);
});

test('rows', () => {
  const guid = '{1ffcde7c-c720-4743-abd5-cd4d3c4af87a}';
  expect(parse(`${guid} ${NIL_GUID}   /p/a  b \n${TOP_GUID} ${guid} * /p/c\r\u2028\n`)).toEqual({
    value: [
      { guid, parentGuid: NIL_GUID, current: false, file: '/p/a  b ' },
      { guid: TOP_GUID, parentGuid: guid, current: true, file: '/p/c\r\u2028' },
    ],
  });
});

test('a shot without image has no file', () => {
  expect(parse(`${TOP_GUID} ${NIL_GUID} * \n`)).toMatchObject({ value: [{ file: undefined }] });
});

test.each([
  '',
  '\n',
  'hello\n',
  `${TOP_GUID} ${NIL_GUID} *\n`,
  `${TOP_GUID} ${NIL_GUID} x /p/a\n`,
  `${TOP_GUID} ${NIL_GUID} * /p/a`,
  `${TOP_GUID} {x} * /p/a\n`,
  `${TOP_GUID} ${NIL_GUID} * /p/a\nb\n`,
])('%j is not a listing', (stdout) => {
  expect(parse(stdout)).toHaveProperty('expected');
});
