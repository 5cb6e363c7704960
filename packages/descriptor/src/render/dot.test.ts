import { descriptorXml, testGuid, type NodeXml } from '@ploop/test-kit';
import { expect, test } from 'vitest';

import { buildGraph } from '../graph/build.ts';
import { parseDescriptorOrThrow } from '../parse.ts';
import { renderDot } from './dot.ts';

const draw = (nodes: readonly NodeXml[]): readonly string[] =>
  renderDot(buildGraph(parseDescriptorOrThrow(descriptorXml(nodes)))).split('\n');
const guid = (first: string): string => `{${first}-0000-4000-8000-000000000000}`;
const labelOf = (file: string): string =>
  /\[label="5fbaabe3\\n(.*)\\ntop", tooltip=/.exec(draw([{ file }])[2] ?? '')?.[1] ?? '';

test('shots, arrows, and looks for what sets shots apart', () => {
  expect(
    draw([
      { guid: guid('11111111'), extra: '<Temporary/>' },
      { guid: guid('22222222'), parent: 0 },
      { parent: 0 },
    ]),
  ).toEqual([
    'digraph snapshots {',
    '  node [shape="box", style="rounded", fontname="monospace"];',
    `  n0 [label="11111111\\nd0\\ntemporary", tooltip="${guid('11111111')}", style="rounded,dashed"];`,
    `  n1 [label="22222222\\nd1", tooltip="${guid('22222222')}", color="gray60", fontcolor="gray40"];`,
    '  n2 [label="5fbaabe3\\nd2\\ntop", tooltip="{5fbaabe3-6958-40ff-92a7-860e329aab41}", penwidth="3"];',
    '  n0 -> n1 [color="gray60"];',
    '  n0 -> n2;',
    '}',
  ]);
});

test('damage is drawn in red, on a dead branch too', () => {
  const [, , lost] = draw([{ guid: guid('11111111'), parentGuid: testGuid(9) }, {}]);
  expect(lost).toContain(`\\nparent ${testGuid(9)} is missing"`);
  expect(lost).toContain('color="red3", fontcolor="gray40"');
});

test.each([
  ['"];evil[label="', '\\"];evil[label=\\"'],
  ['a\\', 'a\\\\'],
  ['\\N\\l\\"', '\\\\N\\\\l\\\\\\"'],
  ['&lt;b&gt;', '<b>'],
  ['&amp;lt;&amp;#10;', '&amp;lt;&amp;#10;'],
  ['a&#10;b', 'a\\\\u{a}b'],
  ['//--&gt;', '//-->'],
])('%s cannot mean anything', (file, expected) => {
  expect(labelOf(file)).toBe(expected);
});
