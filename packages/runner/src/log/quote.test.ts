import { spawnSync } from 'node:child_process';

import { sample } from '@ploop/test-kit';
import fc from 'fast-check';
import { expect, test } from 'vitest';

import { quoteCommand, quoteWord } from './quote.ts';

/** What a real shell makes of it. */
const pasted = (argv: readonly string[], shell = 'sh'): readonly string[] => {
  const { stdout } = spawnSync(shell, ['-c', quoteCommand(['printf', '%s\\0', ...argv])], {
    encoding: 'utf8',
  });
  return stdout.split('\0').slice(0, -1);
};

test.each([
  ['/vz/root.hdd', '/vz/root.hdd'],
  ['', `''`],
  ['a b', `'a b'`],
  ["it's", `'it'\\''s'`],
  ['{5fbaabe3}', `'{5fbaabe3}'`],
  ['~', `'~'`],
  ['A=b', `'A=b'`],
])('%j is written %s', (word, quoted) => {
  expect(quoteWord(word)).toBe(quoted);
});

const HOSTILE = [
  '',
  ' ',
  '\n',
  'two\nlines\n\n',
  "'",
  "''\\''",
  '"',
  '\\',
  '\\\n',
  '$(reboot)',
  '`reboot`',
  '$HOME',
  '!!',
  '*',
  '~root',
  '-n',
  '#',
  'диск',
  '磁盘 💽',
  '\t\r\u0001\u007f\u0085\u2028',
];

test.each(['sh', 'bash'])('%s gives back what is hostile', (shell) => {
  expect(pasted(HOSTILE, shell)).toEqual(HOSTILE);
});

test('a shell gives back anything', () => {
  const word = fc.string({ unit: 'binary' }).map((text) => text.replaceAll('\0', ''));
  fc.assert(
    fc.property(fc.array(word, { minLength: 1 }), (argv) => {
      expect(pasted(argv)).toEqual(argv);
    }),
    sample('quote', 50),
  );
});
