import { descriptorXml, testGuid, type NodeXml } from '@ploop/test-kit';
import { expect, test } from 'vitest';

import { buildGraph } from '../graph/build.ts';
import { parseDescriptorOrThrow } from '../parse.ts';
import { renderTextTree } from './text-tree.ts';

const draw = (nodes: readonly NodeXml[], ascii = false): readonly string[] =>
  renderTextTree(buildGraph(parseDescriptorOrThrow(descriptorXml(nodes))), { ascii });
const guid = (first: string): string => `{${first}-0000-4000-8000-000000000000}`;
const FORKED: readonly NodeXml[] = [
  { guid: guid('11111111'), extra: '<Temporary/>' },
  { guid: guid('22222222'), parent: 0 },
  { guid: guid('33333333'), parent: 0 },
  { guid: guid('44444444'), parent: 2 },
  { parent: 1 },
];

test('the chain of the top keeps the left column, other branches hang off it', () => {
  expect(draw(FORKED)).toEqual([
    '◌ 11111111  d0  (temporary)',
    '├─○ 33333333  d2',
    '│ ○ 44444444  d3',
    '○ 22222222  d1',
    '● 5fbaabe3  d4  (top)',
  ]);
});

test('ASCII has the same shape', () => {
  expect(draw(FORKED, true)).toEqual([
    '~ 11111111  d0  (temporary)',
    '|-o 33333333  d2',
    '| o 44444444  d3',
    'o 22222222  d1',
    '* 5fbaabe3  d4  (top)',
  ]);
});

test('details stand after the file, before the marks', () => {
  const graph = buildGraph(parseDescriptorOrThrow(descriptorXml(FORKED)));
  const details = ({ temporary }: { readonly temporary: boolean }): readonly string[] =>
    temporary ? ['2026-12-01', 'a\n\u202eb'] : [];
  const lines = renderTextTree(graph, { details });
  expect(lines[0]).toBe('◌ 11111111  d0  2026-12-01  a\\u{a}\\u{202e}b  (temporary)');
  expect(lines.at(-1)).toBe('● 5fbaabe3  d4  (top)');
});

test('GUIDs that begin alike stay whole', () => {
  expect(draw([{}, { parent: 0 }, { parent: 1 }])[0]).toBe(`○ ${testGuid(0)}  d0`);
});

test('damage is drawn too, every shot once', () => {
  expect(draw([{ guid: guid('11111111'), parentGuid: guid('99999999') }, {}])).toEqual([
    `○ 11111111  d0  (parent ${guid('99999999')} is missing)`,
    '',
    '● 5fbaabe3  d1  (top)',
  ]);
  expect(draw([{ guid: guid('11111111'), parent: 1 }, { parent: 0 }])).toEqual([
    '○ 11111111  d0  (in a cycle)',
    '● 5fbaabe3  d1  (top)',
  ]);
});

test('a file name cannot move the cursor or forge a line', () => {
  expect(draw([{ file: 'a&#10;b\u001b[2J\u202e'.replace('\u001b', '') }])).toEqual([
    '● 5fbaabe3  a\\u{a}b[2J\\u{202e}  (top)',
  ]);
});

test('a long chain is no wider than a short one', () => {
  const nodes = Array.from({ length: 20_000 }, (_, index) =>
    index === 0 ? {} : { parent: index - 1 },
  );
  const lines = draw(nodes);
  expect(lines).toHaveLength(20_000);
  expect(Math.max(...lines.map((line) => line.length))).toBeLessThan(60);
});
