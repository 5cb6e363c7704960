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

test('what hangs above, below and beside', () => {
  // 0 ── 1 ── top
  //  ├── 2 ── 4
  //  └── 3
  const graph = graphOf([
    {},
    { parent: 0 },
    { parent: 0 },
    { parent: 0 },
    { parent: 2 },
    { parent: 1 },
  ]);
  expect(guids(graph.roots)).toEqual([testGuid(0)]);
  expect(guids(graph.leaves)).toEqual([testGuid(3), testGuid(4), TOP_GUID]);
  expect(guids(graph.deadBranches)).toEqual([testGuid(2), testGuid(3)]);
  expect(guids(graph.ancestors(TOP_GUID))).toEqual([testGuid(0), testGuid(1)]);
  expect(guids(graph.descendants(testGuid(2)))).toEqual([testGuid(4)]);
  expect(graph.descendants(testGuid(0))).toHaveLength(5);
  expect(graph.level(testGuid(0))).toBe(0);
  expect(graph.level(testGuid(4))).toBe(2);
  expect(graph.isActive(testGuid(1))).toBe(true);
  expect(graph.isActive(testGuid(2))).toBe(false);
  expect(graph.commonAncestor(testGuid(4), TOP_GUID)?.guid).toBe(testGuid(0));
  expect(graph.commonAncestor(testGuid(4), testGuid(2))?.guid).toBe(testGuid(2));
});

test('an unknown GUID is nowhere', () => {
  expect(FORKED.level(testGuid(9))).toBeUndefined();
  expect(FORKED.descendants(testGuid(9))).toEqual([]);
  expect(FORKED.ancestors(testGuid(9))).toEqual([]);
  expect(FORKED.isActive(testGuid(9))).toBe(false);
  expect(FORKED.commonAncestor(testGuid(9), TOP_GUID)).toBeUndefined();
});

test('a shot whose chain ends at no base has no level', () => {
  const graph = graphOf([{ parentGuid: testGuid(9) }, { parent: 0 }]);
  expect(graph.level(TOP_GUID)).toBeUndefined();
  expect(guids(graph.roots)).toEqual([testGuid(0)]);
});

test("a shot with the nil GUID is nobody's parent", () => {
  const nil = '{00000000-0000-0000-0000-000000000000}';
  const graph = graphOf([{ guid: nil }, {}, { parent: 1 }]);
  expect(guids(graph.roots)).toEqual([nil, testGuid(1)]);
  expect(graph.descendants(nil)).toEqual([]);
  expect(graph.commonAncestor(nil, TOP_GUID)).toBeUndefined();
});
