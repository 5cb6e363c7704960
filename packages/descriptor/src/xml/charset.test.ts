import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { expect, test } from 'vitest';

import { decodeCharset } from './charset.ts';

/** The upper halves of encodings as `iconv` of glibc 2.36 has them; NUL for a byte that stands for nothing. */
const tables = JSON.parse(
  readFileSync(join(import.meta.dirname, '../../test/charsets.json'), 'utf8'),
) as Record<string, string>;

test.each(Object.entries(tables))('%s is read as the converter reads it', (name, upper) => {
  for (const [index, character] of Array.from(upper).entries())
    expect(decodeCharset(name, Uint8Array.of(0x61, 0x80 + index))).toEqual(
      character === '\0' ? { text: undefined, before: 'a' } : { text: `a${character}` },
    );
  const ascii = Uint8Array.from({ length: 128 }, (_, byte) => byte);
  expect(decodeCharset(name.toLowerCase(), ascii)).toEqual({ text: Buffer.from(ascii).toString() });
});

test('of other encodings whose lower half is ASCII, ASCII is read and nothing else', () => {
  for (const name of ['GBK', 'Big5', 'EUC-JP', 'windows-1255', 'IBM437', 'ISO-8859-16']) {
    expect(decodeCharset(name, Uint8Array.of(0x61))).toEqual({ text: 'a' });
    expect(decodeCharset(name, Uint8Array.of(0x61, 0xe0))).toBeUndefined();
  }
});

test.each(['FOO', 'UTF-7', 'ISO-8859-12', 'ISO-8859-1x', 'windows-1259', 'EBCDIC-CP-US', ''])(
  '%j is not known',
  (name) => {
    expect(decodeCharset(name, Uint8Array.of(0x61))).toBeUndefined();
  },
);
