import { sample } from '@ploop/test-kit';
import fc from 'fast-check';
import { expect, test } from 'vitest';

import type { XmlElement } from './element.ts';
import { passGate } from './gate.ts';
import { PART_LENGTH } from './outline.ts';
import { readTree } from './tree.ts';

interface Whole {
  readonly name: string;
  readonly text: string | undefined;
  readonly range: readonly [number, number];
  readonly children: readonly Whole[];
}
const whole = (element: XmlElement, base: number): Whole => ({
  name: element.name,
  text: element.text,
  range: [element.offset - base, element.end - base],
  children: Array.from(element.children, (child) => whole(child, base)),
});
const read = (text: string): XmlElement => {
  const { outline } = passGate(text);
  if (outline === undefined) throw new Error('not well-formed');
  return readTree(text, outline);
};

const TEXTS = ['', '\n  ', 'text', 'a>b', '7', '{0}', 'ü', '\u{1f4be}'];
const NAMES = ['GUID', 'Image', 'p:GUID', 'q:File', '__proto__', 'constructor', 'a-b.c'];

const leaf = fc.constantFrom(...TEXTS);
const element = fc.memo((depth): fc.Arbitrary<string> => {
  const content =
    depth <= 1
      ? leaf
      : fc
          .tuple(leaf, fc.array(fc.tuple(element(), leaf), { maxLength: 3 }))
          .map(([text, below]) => text + below.flat().join(''));
  return fc
    .record({
      name: fc.constantFrom(...NAMES),
      space: fc.constantFrom('', ' ', '\n'),
      content,
      isClosed: fc.boolean(),
    })
    .map((tag) =>
      tag.isClosed
        ? `<${tag.name}${tag.space}/>`
        : `<${tag.name}${tag.space}>${tag.content}</${tag.name}${tag.space}>`,
    );
});

test('elements read by their shape are the same as read on their own', () => {
  fc.assert(
    fc.property(fc.array(element(3), { minLength: 2, maxLength: 12 }), (list) => {
      const twice = [...list, ...list];
      const start = '<r xmlns:p="u">';
      const many = read(`${start}${twice.join('')}${' '.repeat(PART_LENGTH)}</r>`);
      let offset = start.length;
      for (const [index, child] of [...many.children].entries()) {
        const own = twice[index] ?? '';
        const [alone] = read(`${start}${own}</r>`).children;
        expect(whole(child, offset)).toEqual(alone && whole(alone, start.length));
        offset += own.length;
      }
      expect([...many.children]).toHaveLength(twice.length);
    }),
    sample('elements by their shape', 300),
  );
});
