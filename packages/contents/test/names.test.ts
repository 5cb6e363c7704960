import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';

import { sample, temporaryDirectory } from '@ploop/test-kit';
import fc from 'fast-check';
import { expect, test } from 'vitest';

import { bytesOfName, escapedName, nameOfBytes, unescapedName } from '../src/index.ts';

const mixed = fc
  .array(
    fc.oneof(
      fc.uint8Array({ maxLength: 6 }),
      fc.string({ unit: 'binary' }).map((text) => new TextEncoder().encode(text)),
    ),
  )
  .map((parts) => Uint8Array.from(parts.flatMap((part) => [...part])));

test('a name holds all bytes, escaped or not', () => {
  fc.assert(
    fc.property(mixed, (bytes) => {
      const name = nameOfBytes(bytes);
      expect(bytesOfName(name)).toEqual(bytes);
      const printed = escapedName(name);
      expect(printed).not.toMatch(/[\p{C}\p{Zl}\p{Zp}]/u);
      expect(unescapedName(printed)).toBe(name);
    }),
    sample('names', 500),
  );
});

test.each([
  ['a b', 'a\\ b'],
  ['tab\tnew\nline', 'tab\\tnew\\nline'],
  ['back\\slash', 'back\\\\slash'],
  ['\x1b[2J', '\\033[2J'],
  ['ünï', 'ünï'],
  ['\udcff\udcc3', '\\377\\303'],
])('%j is printed as %s', (name, printed) => {
  expect(escapedName(name)).toBe(printed);
});

test.each(['\\', '\\8', '\\x41', 'a\\', '\\777'])('%s stands for no name', (text) => {
  expect(unescapedName(text)).toBeUndefined();
});

test('ls -b prints the same', async () => {
  const directory = await temporaryDirectory();
  const name = Buffer.from('a b\\c\t\n\x07\x7f\xc3\xa9\xff"\'x', 'latin1');
  writeFileSync(Buffer.concat([Buffer.from(`${directory}/`), name]), '');
  const env = { ...process.env, LC_ALL: 'C.UTF-8' };
  const { stdout } = spawnSync('ls', ['-b', directory], { env, encoding: 'utf8' });
  expect(escapedName(nameOfBytes(name))).toBe(stdout.trimEnd());
});
