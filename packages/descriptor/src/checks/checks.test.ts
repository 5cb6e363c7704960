import { readdirSync } from 'node:fs';

import { descriptorXml, testGuid, type NodeXml } from '@ploop/test-kit';
import { expect, test } from 'vitest';

import { TOP_GUID } from '../guid.ts';
import { parseDescriptor } from '../parse.ts';
import { checks } from './index.ts';

const CHAIN: readonly NodeXml[] = [{}, { parent: 0 }, { parent: 1 }, { parent: 0 }, { parent: 2 }];
/** What is more than worth knowing. */
const rows = (source: string): readonly (readonly unknown[])[] =>
  parseDescriptor(source)
    .diagnostics.filter(({ severity }) => severity !== 'info')
    .map(({ code, path, line }) => [code, path, line]);
const SHOT = '/Parallels_disk_image/Snapshots/Shot';
const IMAGE = '/Parallels_disk_image/StorageData/Storage/Image';

test('a healthy disk has nothing to say about', () => {
  expect(rows(descriptorXml(CHAIN))).toEqual([]);
});

test.each<[string, readonly NodeXml[], readonly (readonly unknown[])[]]>([
  [
    'a GUID used twice',
    [{}, { parent: 0 }, { guid: testGuid(1), parent: 0 }, { parent: 1 }],
    [
      ['GUID_DUPLICATE', `${IMAGE}[3]`, 7],
      ['GUID_DUPLICATE', `${SHOT}[3]`, 13],
    ],
  ],
  [
    'a file used twice, in two spellings',
    [{ file: 'a/b' }, { parent: 0, file: './a//b' }],
    [['FILE_DUPLICATE', `${IMAGE}[2]`, 6]],
  ],
  [
    'files that are named by each other',
    [
      { file: `d.0.${testGuid(0)}.hds` },
      { parent: 0, file: `d.0.${testGuid(2).toUpperCase()}.hds` },
      { parent: 1, guid: testGuid(2), file: `d.0.${testGuid(1)}.hds` },
      { parent: 2, file: `d.0.${TOP_GUID}.hds` },
    ],
    [
      ['FILES_EXCHANGED', `${IMAGE}[2]`, 6],
      ['FILES_EXCHANGED', `${IMAGE}[3]`, 7],
    ],
  ],
  [
    'files that the tool names by the image below',
    [{}, { parent: 0, file: `d.${testGuid(0)}` }, { parent: 1, file: `d.${testGuid(1)}` }],
    [],
  ],
  [
    'a parent that is not a shot',
    [{}, { parentGuid: testGuid(9) }, { parent: 0 }],
    [['PARENT_UNKNOWN', `${SHOT}[2]`, 11]],
  ],
  [
    'a cycle, once, beside the chain',
    [{}, { parent: 2 }, { parent: 1 }, { parent: 0 }],
    [['PARENT_CYCLE', `${SHOT}[2]`, 12]],
  ],
  ['a shot that is its own parent', [{ parent: 0 }], [['PARENT_CYCLE', SHOT, 8]]],
])('%s', (_name, nodes, expected) => {
  expect(rows(descriptorXml(nodes))).toEqual(expected);
});

test('an image without shot and the shot without image', () => {
  const source = descriptorXml(CHAIN).replace(
    `<GUID>${testGuid(1)}</GUID><Type>`,
    `<GUID>${testGuid(9)}</GUID><Type>`,
  );
  expect(rows(source)).toEqual([
    ['SHOT_WITHOUT_IMAGE', `${SHOT}[2]`, 13],
    ['IMAGE_WITHOUT_SHOT', `${IMAGE}[2]`, 6],
  ]);
});

const codes = (source: string): readonly string[] =>
  parseDescriptor(source).diagnostics.map(({ code }) => code);
const upper = (text: string): string => text.toUpperCase();
const HEALTHY = descriptorXml([{ file: 'root.hdd' }, { parent: 0 }]);
const TOP_IMAGE = `<GUID>${TOP_GUID}</GUID><Type>`;

test('a chain has nothing to say about, not even by the way', () => {
  expect(codes(HEALTHY)).toEqual([]);
});

test.each<[code: string, source: string]>([
  ['TOP_WITH_CHILDREN', descriptorXml([{}, { parent: 0 }], { top: 0 })],
  ['SEVERAL_BASES', descriptorXml([{}, {}, { parent: 0 }])],
  ['DEAD_BRANCH', descriptorXml([{}, { parent: 0 }, { parent: 0 }])],
  ['OLD_FORMAT', descriptorXml([{}, { guid: testGuid(5), parent: 0 }])],
  ['TOP_GUID_CASE', HEALTHY.replace(TOP_IMAGE, `<GUID>${upper(TOP_GUID)}</GUID><Type>`)],
  ['GUID_CASE', HEALTHY.replace(testGuid(0), upper(testGuid(0)))],
  ['FILE_AMBIGUOUS', HEALTHY.replace('root.hdd', 'sub/../root.hdd')],
  ['FILE_TOO_LONG', HEALTHY.replace('root.hdd', 'é'.repeat(2048))],
  ['FILE_ABSOLUTE', HEALTHY.replace('root.hdd', '/vz/root.hdd')],
  ['FILE_OUTSIDE', HEALTHY.replace('root.hdd', '.././root.hdd')],
  ['GEOMETRY_ZERO', HEALTHY.replace('>16<', '>0<')],
  ['GEOMETRY_ZERO', HEALTHY.replace('>400<', '>65536<').replace('>16<', '>65536<')],
  ['DISK_SIZE_SUSPECT', HEALTHY.replace('>204800<', '>17592186044416<')],
  ['BASE_PLAIN', HEALTHY.replace('Compressed', 'Plain')],
  ['TYPES_MIXED', HEALTHY.replace(/Compressed(?=.*\n<\/Storage|.*\n *<\/Storage)/, 'Plain')],
  ['DROPPED_BY_OLD_RELEASES', HEALTHY.replace('<Storage>', '<Volume/><Storage>')],
  [
    'SNAPSHOTS_LEFT',
    descriptorXml(
      Array.from({ length: 117 }, (_, index) => (index === 0 ? {} : { parent: index - 1 })),
    ),
  ],
])('a single defect is %s and nothing else', (code, source) => {
  expect(codes(source)).toEqual([code]);
});

test('a disk with a key is encrypted, and old releases drop the key', () => {
  const key = '<Encryption><KeyId>k</KeyId></Encryption>';
  expect(codes(HEALTHY.replace('<Disk_size>', `${key}<Disk_size>`))).toEqual([
    'CONTENT_ENCRYPTED',
    'DROPPED_BY_OLD_RELEASES',
  ]);
});

test('a temporary shot that nothing can merge away', () => {
  const source = descriptorXml([{ extra: '<Temporary/>' }, { parent: 0 }, { parent: 0 }]);
  expect(rows(source)).toEqual([['TEMPORARY_STUCK', `${SHOT}[1]`, 10]]);
});

test('a temporary shot that the tool merges away', () => {
  const merged = descriptorXml([{ extra: '<Temporary/>' }, { parent: 0 }]);
  expect(parseDescriptor(merged).diagnostics).toMatchObject([
    { code: 'TEMPORARY_SNAPSHOT', path: `${SHOT}[1]`, line: 9, data: { guid: testGuid(0) } },
  ]);
  const leaf = descriptorXml([{}, { parent: 0, extra: '<Temporary/>' }, { parent: 0 }]);
  expect(codes(leaf)).toContain('TEMPORARY_SNAPSHOT');
});

test('the old format beside a shot that has the constant advises no snapshot', () => {
  const top = testGuid(5);
  const source = descriptorXml([{ guid: TOP_GUID }, { guid: top, parent: 0 }]);
  const [finding] = parseDescriptor(source).diagnostics;
  expect(finding).toMatchObject({ code: 'OLD_FORMAT', data: { guid: top, constantTaken: true } });
  expect(finding?.hint).toMatch(/^Take no snapshot/);
});

test('a TopGUID that no shot has names the shot that it can be, and is not an old format', () => {
  const source = HEALTHY.replace('<TopGUID>{5fbaabe3', '<TopGUID>{5fbbabe3');
  const { diagnostics } = parseDescriptor(source);
  expect(diagnostics).toMatchObject([{ code: 'TOP_GUID_UNKNOWN', data: { leaves: [TOP_GUID] } }]);
  expect(diagnostics[0]?.hint).toContain(`write ${TOP_GUID} as TopGUID in the copy`);
});

test('a TopGUID below the shot that every release makes the top is to be mended, not converted', () => {
  const source = descriptorXml([{}, { parent: 0 }, { parent: 1 }]);
  const { diagnostics } = parseDescriptor(
    source.replace(`<TopGUID>${TOP_GUID}`, `<TopGUID>${testGuid(1)}`),
  );
  expect(diagnostics).toMatchObject([
    { code: 'TOP_WITH_CHILDREN', data: { guid: testGuid(1), constantAbove: true } },
    { code: 'OLD_FORMAT', data: { constantTaken: true, constantAbove: true } },
  ]);
  const [children, format] = diagnostics.map(({ hint }) => hint);
  expect(children).toContain(`write ${TOP_GUID} as TopGUID in the copy`);
  expect(children).not.toContain('ploop snapshot');
  expect(format).not.toMatch(/new GUID|ploop convert -f/);
});

test('every check is in the table', () => {
  const files = readdirSync(import.meta.dirname).filter(
    (name) => !/^(check|index|.*\.test)\.ts$/.test(name),
  );
  expect(checks).toHaveLength(files.length);
});
