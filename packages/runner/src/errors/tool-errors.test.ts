import { expect, test } from 'vitest';

import { parseToolErrors } from './tool-errors.ts';

test("the tool's error lines are data, in order", () => {
  const stderr = `/p/Bad.xml:1: parser error : Start tag expected, '<' not found
garbage
^
Error in ploop_read_dd (xml.c:403): Can't parse /p/Bad.xml
[ 0.000084] Error in do_lock (lock.c:132): The /p/x.lck is locked: Resource temporarily unavailable
WARNING: options are ignored for DiskDescriptor.xml form
`;
  expect(parseToolErrors(stderr)).toEqual([
    { func: 'ploop_read_dd', file: 'xml.c', line: 403, text: "Can't parse /p/Bad.xml" },
    {
      func: 'do_lock',
      file: 'lock.c',
      line: 132,
      text: 'The /p/x.lck is locked: Resource temporarily unavailable',
    },
  ]);
});

test('no lines, no errors', () => {
  expect(parseToolErrors('')).toEqual([]);
});
