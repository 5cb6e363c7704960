import { descriptorXml, testGuid, type NodeXml } from '@ploop/test-kit';
import { expect, test } from 'vitest';

import { TOP_GUID } from '../guid.ts';
import { parseDescriptor } from '../parse.ts';

const CHAIN: readonly NodeXml[] = [{}, { parent: 0 }, { parent: 1 }, { parent: 0 }, { parent: 2 }];
const rows = (source: string): readonly (readonly unknown[])[] =>
  parseDescriptor(source).diagnostics.map(({ code, path, line }) => [code, path, line]);
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
    'a parent that is no shot',
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

test('a top that other shots hang on', () => {
  expect(parseDescriptor(descriptorXml([{}, { parent: 0 }], { top: 0 })).diagnostics).toMatchObject(
    [{ code: 'TOP_WITH_CHILDREN', data: { guid: TOP_GUID, children: 1 } }],
  );
});
