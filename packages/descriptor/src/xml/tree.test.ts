import { expect, test } from 'vitest';

import type { XmlElement } from './element.ts';
import { passGate } from './gate.ts';
import { PART_LENGTH } from './outline.ts';
import { readTree } from './tree.ts';

const LONG = '\n'.repeat(PART_LENGTH);

interface Plain {
  readonly name: string;
  readonly text: string | undefined;
  readonly children: readonly Plain[];
}
function plain({ name, text, children }: XmlElement): Plain {
  return { name, text: text?.trim(), children: Array.from(children, plain) };
}
function read(text: string): XmlElement {
  const { outline } = passGate(text);
  if (outline === undefined) throw new Error('not well-formed');
  return readTree(text, outline);
}

test.each([
  '<a>t@</a>',
  '<a><b>1</b>@<b>2</b><c/></a>',
  '<a>@<b>1</b>t<b>@<c>x</c><c>y@</c></b></a>',
  '<a xmlns:p="u">@<p:b>1</p:b><q:b/></a>',
  '<a><!--@-->t<b/><![CDATA[@]]>u</a>',
  '<a><b/>@<?p "@?>t</a>',
  '<a><!--</-->t<x>@</x></a>',
  '<a><![CDATA[</]]>t<x>@</x></a>',
  '<a><?p </?>t<x>@</x></a>',
  '<?p @?><!--@--><a><b>@</b><c>x</c></a><!--@-->',
  '<a x=">" >@<b y=\'<\'>1</b></a>'.replace("'<'", "'&lt;'"),
])('%j is the same read in parts and read at once', (pattern) => {
  const short = read(pattern.replaceAll('@', '\n'));
  const long = read(pattern.replaceAll('@', LONG));
  expect(plain(long)).toEqual(plain(short));
});

test('offsets are those of the start tags, in any part', () => {
  const text = `<a><b/>${LONG}<c><d/></c>\r\n${LONG}<e/></a>`;
  const offsets = (element: XmlElement): readonly number[] => [
    element.offset,
    ...Array.from(element.children, offsets).flat(),
  ];
  expect(offsets(read(text))).toEqual(
    ['<a>', '<b/>', '<c>', '<d/>', '<e/>'].map((tag) => text.indexOf(tag)),
  );
});

test('a prefix that the DTD declares for an element is declared', () => {
  const doctype = '<!DOCTYPE a [<!ATTLIST b xmlns:p CDATA "u">]>';
  expect(plain(read(`${doctype}<a><b><p:c/></b><p:c/></a>`))).toMatchObject({
    children: [{ name: 'b', children: [{ name: 'c' }] }, { name: 'p:c' }],
  });
});
