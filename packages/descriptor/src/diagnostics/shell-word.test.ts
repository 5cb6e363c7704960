import { spawnSync } from 'node:child_process';

import { sample } from '@ploop/test-kit';
import fc from 'fast-check';
import { expect, test } from 'vitest';

import { fileWord, shellWord } from './shell-word.ts';

test('a shell reads a word as the text that it stands for', () => {
  const unit = fc.constantFrom('a', '1', '-', '/', ' ', "'", '"', '\\', '$', '`', '!', '*');
  const control = fc.constantFrom('\n', '\t', '\x07', '\x7f', '\u0085', 'ü', '😀');
  const texts = fc.string({ unit: fc.oneof(unit, control) });
  fc.assert(
    fc.property(texts, (text) => {
      const word = shellWord(text);
      expect(word).not.toMatch(/\p{Cc}/u);
      const { stdout } = spawnSync('bash', ['-c', `printf %s ${word}`], { encoding: 'utf8' });
      expect(stdout).toBe(text.startsWith('-') ? `./${text}` : text);
    }),
    sample('words of a shell', 40),
  );
});

test('of a file whose name is not UTF-8, a copy is named', () => {
  expect(fileWord('a\\xff', true)).toMatch(/^COPY /);
  expect(fileWord('a\\xff', undefined)).toBe(String.raw`'a\xff'`);
});
