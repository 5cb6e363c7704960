import { expect, test } from 'vitest';

import { releaseOf } from './probe.ts';

/** The lines of usages that differ; the rest is as 1.15 has it. */
const summary = (first: string, ...more: readonly string[]): string =>
  [
    `Usage: ploop init -s SIZE [-f FORMAT] ${first}`,
    '       ploop mount [-r] [-m DIR] DiskDescriptor.xml',
    '       ploop umount { -d DEVICE | -m DIR | DELTA | DiskDescriptor.xml }',
    ...more.map((line) => `       ${line}`),
    'Also:  ploop { start | stop | delete | clear | merge | grow | copy |',
  ].join('\n');
const ENCRYPT = 'ploop encrypt { -k KEY | -e } DiskDescriptor.xml';
const OLD = summary('NEW_DELTA');
const INIT = 'Usage: ploop init -s SIZE [-B FSBLOCKSIZE] DELTA';
const LAZY = `${INIT} [-n|--nolazy]`;

interface Given {
  readonly '': string;
  readonly init?: string;
  readonly mount?: string;
  readonly fscheck?: string;
}

test.each<[string, Given, object | undefined]>([
  ['1.12', { '': OLD, fscheck: OLD }, { from: '1', to: '1.13' }],
  ['1.15', { '': OLD, init: LAZY, fscheck: OLD }, { from: '1.14', to: '7.0.42' }],
  [
    '7.0.40',
    { '': summary('NEW_DELTA', 'ploop tsnapshot -u UUID'), init: LAZY },
    { from: '7.0.30', to: '7.0.42' },
  ],
  ['7.0.50', { '': summary('NEW_DELTA', ENCRYPT), init: LAZY }, { from: '7.0.43', to: '7.0.52' }],
  [
    '7.0.80',
    { '': summary('NEW_DELTA | DEVICE', ENCRYPT), init: LAZY },
    { from: '7.0.53', to: '7.0.87' },
  ],
  [
    '7.0.198',
    { '': summary('[-L LABEL] NEW_DELTA | DEVICE', ENCRYPT), init: LAZY },
    { from: '7.0.88', to: '8.0.58' },
  ],
  [
    '7.0.280',
    {
      '': summary('[-L LABEL] NEW_DELTA | DEVICE', ENCRYPT),
      init: LAZY,
      fscheck: 'Usage: ploop fscheck DiskDescriptor.xml\n',
    },
    { from: '7.0.265', to: '7.0.999' },
  ],
  [
    '8.0.60',
    { '': summary('[-L LABEL] NEW_DELTA | DEVICE', ENCRYPT, 'ploop tg-init DEVICE NAME') },
    { from: '8.0.59', to: '8.0.70' },
  ],
  [
    '8.0.98',
    {
      '': summary('[-L LABEL] NEW_DELTA | DEVICE', ENCRYPT, 'ploop tg-init DEVICE NAME'),
      init: `${LAZY} [-T IMAGEFMT]`,
      fscheck: 'Usage: ploop fscheck DiskDescriptor.xml\n',
    },
    { from: '8.0.71', to: '9.0.11' },
  ],
  [
    '9.0.20',
    { '': summary('[-L LABEL] NEW_DELTA | DEVICE', 'ploop tg-init DEVICE NAME TG_BLOCKSIZE') },
    { from: '9.0.12', to: '9.0.24' },
  ],
  [
    '9.0.26',
    {
      '': summary('[-L LABEL] NEW_DELTA | DEVICE', 'ploop tg-init DEVICE NAME TG_BLOCKSIZE'),
      mount: 'Usage: ploop mount [-r] [-a] …',
    },
    { from: '9.0.25' },
  ],
  [
    '9.0.30 with its driver',
    {
      '': `${summary('[-L LABEL] NEW_DELTA | DEVICE', 'ploop tg-init DEVICE NAME TG_BLOCKSIZE')}\nUsage: ploop degrade -d DEVICE`,
      mount: 'Usage: ploop mount [-r] [-a] …',
    },
    { from: '9.0.28' },
  ],
  ['no such tool', { '': '' }, undefined],
  ['another program', { '': 'Usage: ploop [OPTION]... encrypt\n' }, undefined],
])('the usages of %s', (_name, given, release) => {
  expect(releaseOf({ init: INIT, mount: '', fscheck: '', ...given })).toEqual(release);
});
