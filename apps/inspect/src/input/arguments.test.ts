import { expect, test } from 'vitest';

import { notUtf8 } from './arguments.ts';

const REAL = 'd\uFFFD';
const lineOf = (...words: readonly (string | Uint8Array)[]): Uint8Array =>
  Buffer.concat(words.flatMap((word) => [Buffer.from(word), Buffer.alloc(1)]));

test.each<[string, readonly string[], Uint8Array | undefined, string | undefined]>([
  ['plain words', ['check', 'ü'], undefined, undefined],
  ['nothing', [], lineOf('node', 'bin.js'), undefined],
  ['the character itself', [REAL, ''], lineOf('node', 'bin.js', REAL, ''), undefined],
  ['a byte', ['x', REAL], lineOf('node', REAL, 'x', Buffer.of(0x64, 0xff)), REAL],
  ['a byte after an equals sign', [`-o=${REAL}`], lineOf(Buffer.of(0x2d, 0xff)), `-o=${REAL}`],
  ['the character, with no bytes to compare', [REAL], undefined, REAL],
  ['fewer words than expected', ['x', REAL], lineOf('x'), REAL],
])('%s', (_, argv, commandLine, found) => {
  expect(notUtf8(argv, commandLine)).toBe(found);
});
