import { descriptorXml, type NodeXml } from '@ploop/test-kit';
import { expect, test } from 'vitest';

import { buildGraph } from '../graph/build.ts';
import { parseDescriptorOrThrow } from '../parse.ts';
import { renderMermaid } from './mermaid.ts';

const draw = (nodes: readonly NodeXml[]): readonly string[] =>
  renderMermaid(buildGraph(parseDescriptorOrThrow(descriptorXml(nodes)))).split('\n');
const guid = (first: string): string => `{${first}-0000-4000-8000-000000000000}`;
const labelOf = (file: string): string =>
  /<br\/>(.*)<br\/>top"\]$/.exec(draw([{ file }])[1] ?? '')?.[1] ?? '';

test('shots, arrows, and looks for what sets shots apart', () => {
  expect(
    draw([
      { guid: guid('11111111'), extra: '<Temporary/>' },
      { guid: guid('22222222'), parent: 0 },
      { parent: 0 },
    ]),
  ).toEqual([
    'flowchart TB',
    '  n0["11111111<br/>d0<br/>temporary"]',
    '  n1["22222222<br/>d1"]',
    '  n2["5fbaabe3<br/>d2<br/>top"]',
    '  n0 -.-> n1',
    '  n0 --> n2',
    '  classDef top stroke-width:4px',
    '  class n2 top',
    '  classDef temporary stroke-dasharray:6 3',
    '  class n0 temporary',
    '  classDef dead opacity:0.6',
    '  class n1 dead',
  ]);
});

test('damage is drawn too', () => {
  const lines = draw([{ guid: guid('11111111'), parent: 1 }, { parent: 0 }]);
  expect(lines).toContain('  n0["11111111<br/>d0<br/>in a cycle"]');
  expect(lines).toContain('  class n0 damaged');
});

test('no shots, no nodes', () => {
  const descriptor = parseDescriptorOrThrow(descriptorXml([{}]));
  expect(renderMermaid(buildGraph({ ...descriptor, shots: [] }))).toBe('flowchart TB');
});

test.each([
  ['"]', '#34;#93;'],
  ['\\', '#92;'],
  ['--&gt;', '#45;#45;#62;'],
  ['%%{init: 1}%%', '#37;#37;#123;init#58;#32;1#125;#37;#37;'],
  ['&lt;b&gt;', '#60;b#62;'],
  ['#quot;', '#35;quot#59;'],
  ['fa:fa-ban', 'fa#58;fa-ban'],
  ['www.example.org', 'www#46;example#46;org'],
  ['1. a', '1#46;#32;a'],
  ['- a', '#45;#32;a'],
  ['`*_a_*`', '#96;#42;#95;a#95;#42;#96;'],
  ['a&#10;click n0', 'a#92;u#123;a#125;click n0'],
  ['ディスク 1', 'ディスク 1'],
])('%s cannot mean anything', (file, expected) => {
  expect(labelOf(file)).toBe(expected);
});
