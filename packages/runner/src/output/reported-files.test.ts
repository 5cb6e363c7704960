import { expect, test } from 'vitest';

import { reportedFiles } from './reported-files.ts';

const NOTHING = { created: [], stored: [], removed: [], merged: [], converted: false };

test.each([
  ['', {}],
  ['Opening delta /p/root.hdd\nAdding delta dev=/dev/ploop0 img=/p/root.hdd (ro)\n', {}],
  [
    'Opening delta /p/root.hdd\nStoring /p/DiskDescriptor.xml.tmp\n' +
      'Creating delta /p/a b.{1} bs=2048 size=32768 sectors v1\n',
    { stored: ['/p/DiskDescriptor.xml.tmp'], created: ['/p/a b.{1}'] },
  ],
  // The libraries before version 2 of the format do not print it; log files have the time before each line.
  ['[ 0.000084] Creating delta /p/root.hdd bs=1 size=2 sectors\n', { created: ['/p/root.hdd'] }],
  [
    'Offline snapshot merge {a} -> {b}\nMerging image: root.hdd.{1} -> root.hdd\n' +
      'Removing /p/root.hdd.{1}\n',
    { merged: [{ upper: '{a}', lower: '{b}' }], removed: ['/p/root.hdd.{1}'] },
  ],
  ['Online snapshot merge {a} -> {b}\n', { merged: [{ upper: '{a}', lower: '{b}' }] }],
  ['Converting image to raw...\n', { converted: true }],
  // A relative name says nothing about which file that is.
  ['Creating delta root.hdd bs=2048 size=32768 sectors v1\nCreating delta /p/ro', {}],
])('%j', (stdout, reported) => {
  expect(reportedFiles({ stdout })).toEqual({ ...NOTHING, ...reported });
});
