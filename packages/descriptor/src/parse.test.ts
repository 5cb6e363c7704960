import { descriptorXml, testGuid } from '@ploop/test-kit';
import { expect, test } from 'vitest';

import { messageOf } from './diagnostics/format.ts';
import { DescriptorError } from './errors.ts';
import { NIL_GUID, TOP_GUID } from './guid.ts';
import { parseDescriptor, parseDescriptorOrThrow } from './parse.ts';

const TWO = descriptorXml([{ file: 'root.hdd' }, { parent: 0, extra: '<Other/>' }]);
const codes = (source: string): readonly string[] =>
  parseDescriptor(source)
    .diagnostics.filter(({ severity }) => severity !== 'info')
    .map(({ code }) => code);

test('a descriptor becomes the model, lists in file order', () => {
  expect(parseDescriptorOrThrow(TWO)).toEqual({
    root: 'Parallels_disk_image',
    size: 204800,
    blockSize: 2048,
    mode: 'expanded',
    geometry: { cylinders: 400, heads: 16 },
    topGuid: TOP_GUID,
    images: [
      { guid: testGuid(0), type: 'Compressed', file: 'root.hdd' },
      { guid: TOP_GUID, type: 'Compressed', file: 'd1' },
    ],
    shots: [
      { guid: testGuid(0), parentGuid: NIL_GUID, temporary: false },
      { guid: TOP_GUID, parentGuid: testGuid(0), temporary: false },
    ],
  });
});

test('GUIDs stay as written', () => {
  const upper = '{A0000000-0000-4000-8000-00000000000F}';
  const { descriptor } = parseDescriptor(descriptorXml([{ guid: upper }], { top: 0 }));
  expect(descriptor).toMatchObject({
    topGuid: upper,
    images: [{ guid: upper }],
    shots: [{ guid: upper }],
  });
});

test.each([
  ['Plain', '', 'raw'],
  ['Compressed', '<Preallocated>1</Preallocated>', 'preallocated'],
  ['Compressed', '<Preallocated>0</Preallocated>', 'expanded'],
])('type %s with %j makes the mode %s', (type, preallocated, mode) => {
  const source = TWO.replace('<Type>Compressed', `<Type>${type}`).replace(
    '<Image>',
    `${preallocated}<Image>`,
  );
  expect(parseDescriptorOrThrow(source).mode).toBe(mode);
});

test('Temporary is a flag by its presence', () => {
  const source = TWO.replace(
    '</ParentGUID></Shot>',
    '</ParentGUID><Temporary>0</Temporary></Shot>',
  );
  expect(parseDescriptorOrThrow(source).shots.map((shot) => shot.temporary)).toEqual([true, false]);
});

test('the place of a finding is a path, a line and a column', () => {
  const source = TWO.replace(`<GUID>${TOP_GUID}</GUID><Type>`, '<GUID>nope</GUID><Type>');
  const [finding] = parseDescriptor(source).diagnostics;
  expect([finding]).toMatchObject([
    {
      code: 'GUID_INVALID',
      severity: 'error',
      path: '/Parallels_disk_image/StorageData/Storage/Image[2]/GUID',
      line: 6,
      column: 8,
      data: { text: 'nope' },
    },
  ]);
});

test('everything wrong is reported, not the first thing', () => {
  const source = TWO.replace('>2048<', '>12<')
    .replace('<File>root.hdd</File>', '')
    .replace(TOP_GUID, 'x');
  expect(codes(source)).toEqual(['BLOCK_SIZE_INVALID', 'IMAGE_FILE_MISSING', 'GUID_INVALID']);
});

test('a refused document still yields what could be read', () => {
  const { accepted, descriptor } = parseDescriptor(TWO.replace('>2048<', '>12<'));
  expect(accepted).toBe(false);
  expect(descriptor).toMatchObject({
    blockSize: 12,
    images: [{ file: 'root.hdd' }, { file: 'd1' }],
  });
});

test('bad XML is one error with code, line and column', () => {
  const source = TWO.replace('<File>root.hdd</File>', '<File>a & b</File>');
  expect(parseDescriptor(source).accepted).toBe(false);
  let error: unknown;
  try {
    parseDescriptorOrThrow(source);
  } catch (caught) {
    error = caught;
  }
  expect(error).toBeInstanceOf(DescriptorError);
  expect(error).toMatchObject({
    code: 'XML_SYNTAX',
    line: 5,
    diagnostics: [{ code: 'XML_SYNTAX' }],
  });
});

test('input beyond the cap is not looked at', () => {
  expect(parseDescriptor(TWO, { maxBytes: 10 }).diagnostics).toMatchObject([
    { code: 'INPUT_TOO_LARGE', data: { bytes: TWO.length, limit: 10 } },
  ]);
});

test('a name from Object.prototype is a name', () => {
  const source = TWO.replace(
    '<Disk_size>',
    '<__proto__><polluted/></__proto__><constructor/><Disk_size>',
  );
  expect(parseDescriptorOrThrow(source).size).toBe(204800);
  expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
});

test('of many findings the first are reported, and how many there are more', () => {
  const nodes = Array.from({ length: 20_000 }, () => ({ guid: 'bad' }));
  const { accepted, diagnostics } = parseDescriptor(descriptorXml(nodes, { top: 0 }));
  expect(accepted).toBe(false);
  expect(diagnostics).toHaveLength(10_001);
  expect(diagnostics.at(-1)).toMatchObject({ code: 'FINDINGS_OMITTED', data: { count: 30_001 } });
});

test('a refusal is reported however late it comes', () => {
  const nodes = Array.from({ length: 12_000 }, (_, index) => (index === 0 ? {} : { parent: 0 }));
  const odd = descriptorXml(nodes)
    .replaceAll('Compressed', 'Odd')
    .replace('<TopGUID>{5', '<TopGUID>{6');
  const { accepted, diagnostics } = parseDescriptor(odd);
  expect(accepted).toBe(false);
  expect(diagnostics.map(({ code }) => code)).toContain('TOP_GUID_UNKNOWN');
});

test.each([
  ['cut off', (xml: string) => xml.slice(0, -40), 'XML_SYNTAX', /unclosed tag/, /was cut off/],
  [
    'with zeros at its end',
    (xml: string) => xml.slice(0, -40) + '\0'.repeat(40),
    'XML_SYNTAX',
    /, and 40 zero bytes follow$/,
    /was cut off/,
  ],
  ['of zeros', () => '\0'.repeat(9), 'XML_EMPTY', /is 9 zero bytes/, /^Restore/],
  [
    'with zeros at its start',
    (xml: string) => '\0'.repeat(64) + xml.slice(64),
    'XML_EMPTY',
    /begins with 64 zero bytes/,
    /^Copy the file .*may still name images/,
  ],
  [
    'without a bracket',
    (xml: string) => xml.replace('<S', '<<S'),
    'XML_SYNTAX',
    /./,
    /^Keep a copy/,
  ],
])('a document %s says so', (_name, damaged, code, said, hint) => {
  const [first, ...more] = parseDescriptor(Buffer.from(damaged(TWO))).diagnostics;
  expect(more).toEqual([]);
  expect(first?.code).toBe(code);
  expect(first && messageOf(first)).toMatch(said);
  expect(first?.hint).toMatch(hint);
});

test('many siblings cost little each, found or not', () => {
  const source = TWO.replace('<Disk_Parameters>', '<a/>'.repeat(200_000) + '<Disk_Parameters>');
  expect(parseDescriptorOrThrow(source).size).toBe(204800);
  expect(parseDescriptor(source.replace('Snapshots', 'x')).accepted).toBe(false);
});

test('an error is reported after any number of findings that are not errors', () => {
  const nodes = Array.from({ length: 10_001 }, (_, index) =>
    index === 0 ? { parentGuid: NIL_GUID.replace('0', '1') } : { parent: 0 },
  );
  const odd = descriptorXml(nodes).replaceAll('Compressed', 'Odd');
  expect(parseDescriptor(odd).diagnostics.map(({ code }) => code)).toContain('PARENT_UNKNOWN');
});

test.each([
  ['a comment', `<!--${'x'.repeat(1e7)}-->`],
  ['an entity', `<!ENTITY e "${'x'.repeat(1e7)}">`],
])('a DTD with %s that exhausts readers is a finding, not an exception', (_name, subset) => {
  const { accepted, diagnostics } = parseDescriptor(`<!DOCTYPE a [${subset}]><a/>`);
  expect(accepted).toBe(false);
  expect(diagnostics).toMatchObject([{ code: 'XML_SYNTAX' }]);
});

test('many namespaces cost little each', () => {
  const many = Array.from({ length: 8000 }, (_, index) => ` xmlns:p${String(index)}="u"`).join('');
  const nodes = Array.from({ length: 8000 }, (_, index) => (index === 0 ? {} : { parent: 0 }));
  const source = descriptorXml(nodes)
    .replace('<Parallels_disk_image>', `<Parallels_disk_image${many}>`)
    .replaceAll('<Image>', '<Image xmlns:q="u">');
  expect(parseDescriptorOrThrow(source).images).toHaveLength(8000);
});

test('the error that is thrown is the reason of the refusal', () => {
  const source = TWO.replace('>204800<', '>x<').replace('>2048<', '>12<');
  expect(() => parseDescriptorOrThrow(source)).toThrow(
    expect.objectContaining({ code: 'BLOCK_SIZE_INVALID' }),
  );
});

const HEALTHY = descriptorXml([{ file: 'root.hdd' }, { parent: 0 }]);
const findings = (source: string | Uint8Array): unknown => {
  const { accepted, diagnostics } = parseDescriptor(source);
  expect(accepted).toBe(true);
  return diagnostics.map(({ code, severity, path, line, column, data }) => {
    expect(severity).toBe('info');
    return [code, data, path, line, column];
  });
};

test.each<[string, string | Uint8Array]>([
  ['UTF-16', `\uFEFF${HEALTHY}`],
  ['UTF-8', Buffer.from(`\uFEFF${HEALTHY}`)],
  ['UTF-16LE', Buffer.from(`\uFEFF${HEALTHY}`, 'utf16le')],
])('a byte order mark of %s is noticed', (encoding, source) => {
  const nowhere = [undefined, undefined, undefined];
  expect(findings(source)).toEqual([['BYTE_ORDER_MARK', { encoding }, ...nowhere]]);
});

test('comments and unknown elements are counted, with the place of the first', () => {
  const odd = HEALTHY.replace('<Disk_size>', '<Name>a</Name><Name><GUID/></Name><Disk_size>')
    .replace('<File>', '<!-- a --><q:Odd/><File>')
    .replace('</Shot>', '<!-- b --></Shot>')
    .replace('<Storage>', '<disk_size/><Storage>');
  const root = '/Parallels_disk_image';
  expect(findings(odd)).toEqual([
    ['COMMENT', { count: 2 }, undefined, 5, 82],
    ['ELEMENT_UNKNOWN', { element: 'Name', count: 2 }, `${root}/Disk_Parameters/Name`, 3, 20],
    ['ELEMENT_UNKNOWN', { element: 'disk_size', count: 1 }, `${root}/StorageData/disk_size`, 4, 16],
    [
      'ELEMENT_UNKNOWN',
      { element: 'Odd', count: 1 },
      `${root}/StorageData/Storage/Image/Odd`,
      5,
      92,
    ],
  ]);
});

test('however many names there are, few are reported', () => {
  const many = Array.from({ length: 5000 }, (_, index) => `<x${String(index)}/>`).join('');
  const { diagnostics } = parseDescriptor(HEALTHY.replace('<StorageData>', `${many}<StorageData>`));
  expect(diagnostics).toHaveLength(101);
  expect(diagnostics.at(-1)).toMatchObject({ code: 'FINDINGS_OMITTED', data: { count: 4900 } });
});

test('what stands in a list is an item of it, and no unknown element', () => {
  const odd = HEALTHY.replace('</Storage>', '<Odd/></Storage>');
  const found = parseDescriptor(odd).diagnostics.map(({ code }) => code);
  expect(found).toContain('IMAGE_GUID_MISSING');
  expect(found).not.toContain('ELEMENT_UNKNOWN');
});

test('every part of a split disk is there', () => {
  const [storage = ''] = /<Storage>[^]*<\/Storage>/.exec(HEALTHY) ?? [];
  const part = (start: number, end: number, prefix: string): string =>
    storage
      .replace('<Storage>', `<Storage><Start>${String(start)}</Start><End>${String(end)}</End>`)
      .replaceAll('<File>', `<File>${prefix}`);
  const split = HEALTHY.replace(storage, part(0, 102400, 'a-') + part(102400, 204800, 'b-'));
  const { accepted, descriptor, diagnostics } = parseDescriptor(split);
  expect(accepted).toBe(false);
  expect(diagnostics.map(({ code }) => code)).toEqual(['STORAGE_SPLIT']);
  expect(descriptor?.images.map(({ file }) => file)).toEqual(['a-root.hdd', 'a-d1']);
  expect(descriptor?.storages).toMatchObject([
    { start: 0, end: 102400, blockSize: 2048, images: [{ file: 'a-root.hdd' }, { file: 'a-d1' }] },
    {
      start: 102400,
      end: 204800,
      mode: 'expanded',
      images: [{ file: 'b-root.hdd' }, { file: 'b-d1' }],
    },
  ]);
});
