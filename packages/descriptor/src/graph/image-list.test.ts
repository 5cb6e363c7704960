import { descriptorXml, testGuid, type NodeXml } from '@ploop/test-kit';
import { expect, test } from 'vitest';

import { TOP_GUID } from '../guid.ts';
import { parseDescriptorOrThrow } from '../parse.ts';
import { buildGraph } from './build.ts';
import { imageList, type ImageList } from './image-list.ts';

const listOf = (nodes: readonly NodeXml[], guid: string = TOP_GUID): ImageList =>
  imageList(buildGraph(parseDescriptorOrThrow(descriptorXml(nodes))), guid);

test('the images of a snapshot are base first', () => {
  const { images, diagnostics } = listOf([{}, { parent: 0 }, { parent: 0 }, { parent: 1 }]);
  expect(images.map(({ file }) => file)).toEqual(['d0', 'd1', 'd3']);
  expect(diagnostics).toEqual([]);
});

test.each<[string, readonly NodeXml[], string, string]>([
  ['an unknown GUID', [{}], testGuid(9), 'SHOT_UNKNOWN'],
  ['a parent that is not a shot', [{ parentGuid: testGuid(9) }], TOP_GUID, 'PARENT_UNKNOWN'],
  ['a cycle', [{ parent: 1 }, { parent: 0 }], TOP_GUID, 'PARENT_CYCLE'],
  ['a shot that is its own parent', [{ parent: 0 }], TOP_GUID, 'PARENT_CYCLE'],
])('%s is said', (_name, nodes, guid, code) => {
  expect(listOf(nodes, guid).diagnostics).toMatchObject([{ code }]);
});

test('a shot without image is said, and the others are listed', () => {
  const source = descriptorXml([{}, { parent: 0 }, { parent: 1 }]).replace(
    `<GUID>${testGuid(1)}</GUID><Type>`,
    `<GUID>${testGuid(9)}</GUID><Type>`,
  );
  const { images, diagnostics } = imageList(buildGraph(parseDescriptorOrThrow(source)), TOP_GUID);
  expect(images.map(({ file }) => file)).toEqual(['d0', 'd2']);
  expect(diagnostics).toMatchObject([{ code: 'SHOT_WITHOUT_IMAGE', data: { guid: testGuid(1) } }]);
});
