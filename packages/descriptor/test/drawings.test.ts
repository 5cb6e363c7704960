import { descriptorXml, sample, testGuid } from '@ploop/test-kit';
import fc from 'fast-check';
import { expect, test } from 'vitest';

import {
  buildGraph,
  NIL_GUID,
  parseDescriptorOrThrow,
  parseGuid,
  printable,
  TOP_GUID,
  type Guid,
  type SnapshotGraph,
} from '../src/index.ts';
import { renderDot, renderMermaid, renderSvg, renderTextTree } from '../src/render/index.ts';
import { passGate } from '../src/xml/gate.ts';

const HOSTILE: readonly string[] = [
  '"',
  '\\',
  '\n',
  '\r\n',
  '\0',
  '\u001b[2J',
  '\u202e',
  '\u2028',
  '\uFFFE',
  '\uD800',
  '</svg>',
  '<script>',
  '&amp;',
  '&#10;',
  ']]>',
  '-->',
  '<!--',
  '%%{init: {}}%%',
  '#quot;',
  '"]; n0["',
  '\\N',
  '\\"',
  'ﬂ°°34¶ß',
  '`',
  '<br/>',
  'click n0 "https://example.org"',
];
const names = fc
  .array(fc.oneof(fc.constantFrom(...HOSTILE), fc.string({ unit: 'binary' })), { maxLength: 4 })
  .map((parts) => parts.join(''));

const healthy = parseDescriptorOrThrow(descriptorXml([{}]));
const guidOf = (index: number): Guid =>
  index === 0 ? TOP_GUID : (parseGuid(testGuid(index)) ?? NIL_GUID);

/** Any shot may name any other as its parent, itself, one that does not exist, or none, and have another's GUID. */
const graphs: fc.Arbitrary<SnapshotGraph> = fc
  .array(
    fc.record({
      guid: fc.option(fc.nat({ max: 12 }), { freq: 9, nil: undefined }),
      parent: fc.option(fc.nat({ max: 12 }), { freq: 5, nil: undefined }),
      temporary: fc.boolean(),
      file: names,
    }),
    { maxLength: 12 },
  )
  .map((nodes) => {
    const shots = nodes.map(({ guid, parent, temporary }, index) => ({
      guid: guidOf(guid ?? index),
      parentGuid: parent === undefined ? NIL_GUID : guidOf(parent),
      temporary,
    }));
    const images = nodes.map(({ file }, index) => ({
      guid: guidOf(index),
      type: 'Compressed' as const,
      file,
    }));
    return buildGraph({ ...healthy, topGuid: TOP_GUID, shots, images });
  });

/** What a drawing must hold: one label for each shot. */
const filesOf = (graph: SnapshotGraph): readonly string[] =>
  graph.nodes.map(({ image }) => (image === undefined ? 'no image' : printable(image.file))).sort();

const DOT_TEXT = '"(?:[^"\\\\\\n]|\\\\.)*"';
const DOT_NODE = new RegExp(`^  n\\d+ \\[label=(${DOT_TEXT})(?:, \\w+=${DOT_TEXT})*\\];$`);
const MERMAID_NODE = /^ {2}n\d+\["((?:[\p{L}\p{M}\p{N} -]|#\d+;|<br\/>)*)"\]$/u;
const SVG_NODE = /^<svg class="shot[a-z ]*"[^<>]*><title>\{.{36}\} {2}([^<>]*)<\/title>/;

const undot = (text: string): string =>
  text.replace(/\\(.)/g, (_, character: string) => (character === 'n' ? '\n' : character));
const unmermaid = (text: string): string =>
  text
    .replaceAll('<br/>', '\n')
    .replace(/#(\d+);/g, (_, code: string) => String.fromCodePoint(Number(code)));
const ENTITIES = { '&lt;': '<', '&gt;': '>', '&quot;': '"', '&apos;': "'", '&amp;': '&' };
const unxml = (text: string): string =>
  text.replace(/&\w+;/g, (entity) => ENTITIES[entity as keyof typeof ENTITIES]);

const found = (text: string, node: RegExp, read: (label: string) => string): readonly string[] =>
  text.split('\n').flatMap((line) => {
    const label = node.exec(line)?.[1];
    return label === undefined ? [] : [read(label)];
  });

test('every drawing has every shot once, and no name becomes markup', () => {
  fc.assert(
    fc.property(graphs, (graph) => {
      const files = filesOf(graph);
      expect(renderTextTree(graph).filter((line) => line !== '')).toHaveLength(files.length);

      const dot = renderDot(graph);
      const dotNodes = found(
        dot,
        DOT_NODE,
        (label) => unxml(undot(label.slice(1, -1))).split('\n')[1] ?? '',
      );
      expect([...dotNodes].sort()).toEqual(files);
      const dotRest = dot.split('\n').filter((line) => !DOT_NODE.test(line));
      expect(dotRest.slice(2).join('\n')).toMatch(
        /^( {2}n\d+ -> n\d+( \[color="gray60"\])?;\n)*\}$/,
      );

      const mermaid = renderMermaid(graph);
      const mermaidNodes = found(mermaid, MERMAID_NODE, (label) => label.split('<br/>')[1] ?? '');
      expect(mermaidNodes.map(unmermaid).sort()).toEqual(files);
      const mermaidRest = mermaid.split('\n').filter((line) => !MERMAID_NODE.test(line));
      expect(mermaidRest.slice(1).join('\n')).toMatch(
        /^(( {2}n\d+ -\.?-> n\d+| {2}class(Def)? [a-z0-9:,. -]+)(\n|$))*$/,
      );

      const svg = renderSvg(graph);
      expect(passGate(svg).fault).toBeUndefined();
      const svgNodes = found(svg, SVG_NODE, unxml).map((title) =>
        title.replace(/ {2}\((top|temporary|dead branch|parent \{|in a cycle).*\)$/, ''),
      );
      expect([...svgNodes].sort()).toEqual(files);
      const elements = ['<svg', '<title', '<style', '<rect', '<path', '<text'];
      expect(svg.match(/<\w+/g)?.filter((start) => !elements.includes(start))).toEqual([]);
    }),
    sample('drawings', 300),
  );
});
