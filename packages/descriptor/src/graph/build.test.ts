import { descriptorXml, testGuid, type NodeXml } from '@ploop/test-kit';
import { expect, test } from 'vitest';

import { TOP_GUID } from '../guid.ts';
import { parseDescriptorOrThrow } from '../parse.ts';
import { buildGraph, type SnapshotGraph } from './build.ts';

const graphOf = (nodes: readonly NodeXml[], top?: number): SnapshotGraph =>
  buildGraph(parseDescriptorOrThrow(descriptorXml(nodes, top === undefined ? {} : { top })));
const guids = (nodes: readonly { readonly guid: string }[]): readonly string[] =>
  nodes.map(({ guid }) => guid);

// 0 ── 1 ── top
//  └── 2
const FORKED = graphOf([{}, { parent: 0 }, { parent: 0 }, { parent: 1 }]);

test('a chain is base first and ends at the shot', () => {
  expect(guids(FORKED.chain(TOP_GUID))).toEqual([testGuid(0), testGuid(1), TOP_GUID]);
  expect(guids(FORKED.chain(testGuid(2)))).toEqual([testGuid(0), testGuid(2)]);
});

test('children are in file order', () => {
  expect(guids(FORKED.children(testGuid(0)))).toEqual([testGuid(1), testGuid(2)]);
  expect(FORKED.children(TOP_GUID)).toEqual([]);
});

test('the top has its image', () => {
  expect(FORKED.top).toMatchObject({ guid: TOP_GUID, image: { file: 'd3' } });
});

test('GUIDs are found in any case', () => {
  expect(FORKED.node(TOP_GUID.toUpperCase())?.guid).toBe(TOP_GUID);
  expect(guids(FORKED.chain(TOP_GUID.toUpperCase()))).toHaveLength(3);
});

test('an unknown GUID has no node, no chain, no children', () => {
  expect(FORKED.node(testGuid(9))).toBeUndefined();
  expect(FORKED.chain(testGuid(9))).toEqual([]);
  expect(FORKED.children(testGuid(9))).toEqual([]);
});

test('a cycle ends', () => {
  const graph = graphOf([{ parent: 1 }, { parent: 0 }]);
  expect(guids(graph.chain(TOP_GUID))).toEqual([testGuid(0), TOP_GUID]);
});

test('of two shots with one GUID the first counts', () => {
  const graph = graphOf([
    {},
    { guid: testGuid(0), parentGuid: TOP_GUID, file: 'second' },
    { parent: 0 },
  ]);
  expect(graph.node(testGuid(0))?.image?.file).toBe('d0');
  expect(guids(graph.chain(TOP_GUID))).toEqual([testGuid(0), TOP_GUID]);
});
