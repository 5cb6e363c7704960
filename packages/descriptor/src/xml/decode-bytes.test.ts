import { expect, test } from 'vitest';

import { decodeBytes } from './decode-bytes.ts';

const declared = (encoding: string): string =>
  `<?xml version="1.0" encoding="${encoding}"?><a>é</a>`;
const utf16 = (text: string, bigEndian = false): Uint8Array => {
  const bytes = Buffer.from(text, 'utf16le');
  return bigEndian ? bytes.swap16() : bytes;
};

const ucs4 = (text: string): Uint8Array => {
  const points = Array.from(text, (character) => character.codePointAt(0) ?? 0);
  const bytes = Buffer.alloc(points.length * 4);
  for (const [index, point] of points.entries()) bytes.writeUInt32BE(point, index * 4);
  return bytes;
};

test.each<[string, Uint8Array, string | undefined]>([
  ['UTF-8', Buffer.from('<a>é</a>'), '<a>é</a>'],
  ['UTF-8 with mark', Buffer.from('\uFEFF<a>é</a>'), '<a>é</a>'],
  ['UTF-16LE with mark', utf16('\uFEFF<a>é</a>'), '<a>é</a>'],
  ['UTF-16BE with mark', utf16('\uFEFF<a>é</a>', true), '<a>é</a>'],
  ['UTF-16LE without mark', utf16('<?xml version="1.0"?><a/>'), '<?xml version="1.0"?><a/>'],
  ['UTF-16LE, an odd byte at the end', Buffer.concat([utf16('\uFEFF<a/>'), Buffer.of(10)]), '<a/>'],
  ['UTF-16LE declared as UTF-8', utf16(`\uFEFF${declared('UTF-8')}`), declared('UTF-8')],
  ['UCS-4BE', ucs4('<a>\u{1F4BE}</a>'), '<a>\u{1F4BE}</a>'],
  ['UCS-4BE declared', ucs4(declared('UCS-4')), declared('UCS-4')],
  [
    'a long declaration',
    Buffer.from(declared('ISO-8859-1').replace(' ', ' '.repeat(9999)), 'latin1'),
    declared('ISO-8859-1').replace(' ', ' '.repeat(9999)),
  ],
  ['GBK, of ASCII alone', Buffer.from('<?xml version="1.0" encoding="GBK"?><a/>'), undefined],
  [
    'windows-1251',
    Buffer.from(declared('windows-1251').replace('é', '\xe6'), 'latin1'),
    declared('windows-1251').replace('é', 'ж'),
  ],
  ['ISO-8859-1', Buffer.from(declared('ISO-8859-1'), 'latin1'), declared('ISO-8859-1')],
])('%s is decoded', (_name, bytes, text) => {
  expect(decodeBytes(bytes)).toMatchObject({ text: text ?? Buffer.from(bytes).toString() });
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
    'a byte that stands for nothing in windows-1252',
    Buffer.from(declared('windows-1252').replace('é', '\n  \x81'), 'latin1'),
    'ENCODING_INVALID',
    2,
  ],
  [
    'UTF-16LE declared as UTF-16BE',
    utf16(`\uFEFF${declared('UTF-16BE')}`),
    'ENCODING_INVALID',
    undefined,
  ],
  [
    'UTF-16LE declared as ISO-8859-1',
    utf16(`\uFEFF${declared('ISO-8859-1')}`),
    'ENCODING_INVALID',
    undefined,
  ],
  ['a second UTF-16 mark', utf16('\uFEFF\uFEFF<a/>'), 'ENCODING_INVALID', undefined],
  ['UCS-4 beyond Unicode', Buffer.of(0, 0, 0, 0x3c, 0, 0x11, 0, 0), 'ENCODING_INVALID', undefined],
  [
    'half of a multi-byte encoding',
    Buffer.from(declared('GBK')),
    'ENCODING_UNSUPPORTED',
    undefined,
  ],
  ['an unknown encoding', Buffer.from(declared('FOO')), 'ENCODING_UNSUPPORTED', undefined],
])('%s', (_name, bytes, code, line) => {
  const decoded = decodeBytes(bytes);
  expect(decoded.text).toBeUndefined();
  expect(decoded).toMatchObject({ finding: { code, ...(line && { line, column: 3 }) } });
});
