import { expect, test } from 'vitest';

import { decodeBytes } from './decode-bytes.ts';

const declared = (encoding: string): string =>
  `<?xml version="1.0" encoding="${encoding}"?><a>é</a>`;
const utf16 = (text: string, bigEndian = false): Uint8Array => {
  const bytes = Buffer.from(text, 'utf16le');
  return bigEndian ? bytes.swap16() : bytes;
};

test.each([
  ['UTF-8', Buffer.from('<a>é</a>'), '<a>é</a>'],
  ['UTF-8 with mark', Buffer.from('\uFEFF<a>é</a>'), '<a>é</a>'],
  ['UTF-16LE with mark', utf16('\uFEFF<a>é</a>'), '<a>é</a>'],
  ['UTF-16BE with mark', utf16('\uFEFF<a>é</a>', true), '<a>é</a>'],
  ['UTF-16LE without mark', utf16('<?xml version="1.0"?><a/>'), '<?xml version="1.0"?><a/>'],
  ['ISO-8859-1', Buffer.from(declared('ISO-8859-1'), 'latin1'), declared('ISO-8859-1')],
])('%s is decoded', (_name, bytes, text) => {
  expect(decodeBytes(bytes)).toMatchObject({ text });
});

test('ISO-8859-1 is not windows-1252', () => {
  const bytes = Buffer.from(declared('ISO-8859-1').replace('é', '\x85'), 'latin1');
  expect(decodeBytes(bytes).text).toContain('<a>\x85</a>');
});

test('a declared encoding wins over a UTF-8 mark, as in libxml2', () => {
  const bytes = Buffer.from(`\uFEFF${declared('ISO-8859-1')}`);
  expect(decodeBytes(bytes).text).toContain('<a>Ã©</a>');
});

test.each([
  [
    'an undecodable byte is located',
    Buffer.from('<a>\n  \xe9</a>', 'latin1'),
    'ENCODING_INVALID',
    2,
  ],
  ['8-bit text labelled UTF-16', Buffer.from(declared('UTF-16')), 'ENCODING_INVALID', undefined],
  ['a high byte in ASCII', Buffer.from(declared('US-ASCII')), 'ENCODING_INVALID', undefined],
  ['a second mark', Buffer.from('\uFEFF\uFEFF<a/>'), 'ENCODING_INVALID', undefined],
  [
    'an 8-bit encoding that Node reads wrongly',
    Buffer.from(declared('windows-1252'), 'latin1'),
    'ENCODING_UNSUPPORTED',
    undefined,
  ],
  ['an unknown encoding', Buffer.from(declared('FOO')), 'ENCODING_UNSUPPORTED', undefined],
])('%s', (_name, bytes, code, line) => {
  const decoded = decodeBytes(bytes);
  expect(decoded.text).toBeUndefined();
  expect(decoded).toMatchObject({ finding: { code, ...(line && { line, column: 3 }) } });
});
