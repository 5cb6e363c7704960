import { descriptorXml, testGuid, type NodeXml } from '@ploop/test-kit';
import { expect, test } from 'vitest';

import { buildGraph } from '../graph/build.ts';
import { parseDescriptorOrThrow } from '../parse.ts';
import { passGate } from '../xml/gate.ts';
import { renderSvg, type SvgOptions } from './svg.ts';

const draw = (nodes: readonly NodeXml[], options?: SvgOptions): string =>
  renderSvg(buildGraph(parseDescriptorOrThrow(descriptorXml(nodes))), options);
const guid = (first: string): string => `{${first}-0000-4000-8000-000000000000}`;

interface Rectangle {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}
const BOX = /<svg class="shot[^"]*" x="([\d.]+)" y="([\d.]+)" width="(\d+)" height="(\d+)">/g;
const boxesOf = (svg: string): readonly Rectangle[] =>
  [...svg.matchAll(BOX)].map(([, ...numbers]) => {
    const [x = 0, y = 0, width = 0, height = 0] = numbers.map(Number);
    return { x, y, width, height };
  });
const overlap = (one: Rectangle, other: Rectangle): boolean =>
  one.x < other.x + other.width &&
  other.x < one.x + one.width &&
  one.y < other.y + other.height &&
  other.y < one.y + one.height;

test('a document of its own with a box and a title per shot', () => {
  const svg = draw([{ guid: guid('11111111'), extra: '<Temporary/>' }, { parent: 0 }]);
  expect(svg.split('\n').filter((line) => /^<(path|svg|title)/.test(line))).toEqual([
    '<svg xmlns="http://www.w3.org/2000/svg" class="ploop-tree" width="128" height="200" viewBox="0 0 128 200">',
    '<title>Snapshots</title>',
    '<path class="link" d="M64 82C64 100 64 100 64 118"/>',
    `<svg class="shot temporary" x="20" y="20" width="88" height="62"><title>${guid('11111111')}  d0  (temporary)</title>` +
      '<rect x="2" y="2" width="84" height="58" rx="6"/><text x="11" y="17">11111111</text>' +
      '<text x="11" y="34">d0</text><text x="11" y="51">temporary</text></svg>',
    '<svg class="shot top" x="24" y="118" width="80" height="62"><title>{5fbaabe3-6958-40ff-92a7-860e329aab41}  d1  (top)</title>' +
      '<rect x="2" y="2" width="76" height="58" rx="6"/><text x="11" y="17">5fbaabe3</text>' +
      '<text x="11" y="34">d1</text><text x="11" y="51">top</text></svg>',
  ]);
  expect(svg).toContain('@media (prefers-color-scheme: dark)');
  expect(svg).not.toMatch(/script|href|url\(|@import|<!/);
  expect(passGate(svg).fault).toBeUndefined();
});

test('boxes do not overlap and stay on the page, with damage and several roots too', () => {
  const svg = draw([
    { file: 'root.hdd' },
    ...[0, 1, 1, 3, 2, 5, 0, 7, 7, 9].map((parent) => ({
      parent,
      file: 'x'.repeat(1 + parent * 9),
    })),
    { guid: guid('22222222'), parentGuid: testGuid(99) },
    { guid: guid('33333333'), parent: 12 },
    { parent: 6 },
  ]);
  const [, width, height] = /viewBox="0 0 ([\d.]+) ([\d.]+)"/.exec(svg) ?? [];
  const page = { x: 0, y: 0, width: Number(width), height: Number(height) };
  const boxes = boxesOf(svg);
  expect(boxes).toHaveLength(14);
  for (const [index, box] of boxes.entries()) {
    expect(boxes.slice(index + 1).filter((other) => overlap(box, other))).toEqual([]);
    expect(box.x + box.width).toBeLessThan(page.width);
    expect(box.y + box.height).toBeLessThan(page.height);
  }
  expect(svg.match(/<svg class="shot dead damaged"/g)).toHaveLength(2);
  expect(svg.match(/<path class="link/g)).toHaveLength(11);
});

test('a long name loses its middle in the box, not in the title', () => {
  const file = 'root.hdd.{12fc7c07-078b-41f8-9db4-6fe494419bc8}';
  const svg = draw([{ file }]);
  expect(svg).toContain('>root.hdd.{12fc7c07-…-9db4-6fe494419bc8}</text>');
  expect(svg).toContain(`  ${file}  (top)</title>`);
  const wide = draw([{ file: '漢'.repeat(50) }]);
  expect(wide).toContain(`>${'漢'.repeat(9)}…${'漢'.repeat(9)}</text>`);
});

test('no name is markup', () => {
  const svg = draw([{ file: '&lt;/title&gt;&lt;a href="x"&gt;&amp;amp;]]&gt;' }], {
    title: '</title>\n<script>\uFFFF',
  });
  expect(svg).toContain('&lt;/title&gt;&lt;a href=&quot;x&quot;&gt;&amp;amp;]]&gt;</text>');
  expect(svg).toContain('<title>&lt;/title&gt;\\u{a}&lt;script&gt;\\u{ffff}</title>');
  expect(passGate(svg).fault).toBeUndefined();
});

test('no shots make an empty page', () => {
  const descriptor = parseDescriptorOrThrow(descriptorXml([{}]));
  const svg = renderSvg(buildGraph({ ...descriptor, shots: [] }));
  expect(svg).toContain('viewBox="0 0 40 40"');
  expect(passGate(svg).fault).toBeUndefined();
});

test.each([
  ['chain', (index: number) => index - 1],
  ['fan', () => 0],
])('a %s of 20,000 shots takes no stack, and time in proportion', (_name, parentOf) => {
  const nodes = Array.from({ length: 20_000 }, (_, index) =>
    index === 0 ? {} : { parent: parentOf(index) },
  );
  const svg = draw(nodes);
  expect(svg.match(/<title>/g)).toHaveLength(20_001);
  expect(svg.length).toBeLessThan(10_000_000);
});
