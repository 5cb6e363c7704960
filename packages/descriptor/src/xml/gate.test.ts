import { expect, test } from 'vitest';

import { passGate } from './gate.ts';
import { XML_LIMITS } from './limits.ts';

test.each([
  '<a/>',
  '<?xml version="1.0"?>\n<a>&amp;&#65;</a>\n',
  '<?xml version="1.1"?><a/>',
  '<!DOCTYPE a [<!ENTITY e "x"><!-- &nothing; -->]><a>&e;</a>',
  '<a xmlns:p="u"><p:b c="&lt;"/></a>',
  '<__proto__ constructor="1"/>',
])('%j is well-formed', (text) => {
  expect(passGate(text).fault).toBeUndefined();
});

test.each([
  ['', 'XML_EMPTY', undefined, undefined],
  ['<a/><b/>', 'XML_SYNTAX', 1, 7],
  ['hello\n', 'XML_SYNTAX', 1, 1],
  ['<a/>\n\n  tail', 'XML_SYNTAX', 3, 3],
  ['<a>\n  x & y</a>', 'XML_SYNTAX', 2, 5],
  ['<a>&nope;</a>', 'XML_SYNTAX', 1, 9],
  ['<a>&constructor;</a>', 'XML_SYNTAX', 1, 16],
  ['<a>\u0001</a>', 'XML_SYNTAX', 1, 4],
  ['<a b="1" b="2"/>', 'XML_SYNTAX', 1, 16],
  ['<?xml version="2.0"?><a/>', 'XML_SYNTAX', 1, 19],
  ['\n<?xml version="1.0"?><a/>', 'XML_SYNTAX', 2, 6],
])('%j is not: %s at %s:%s', (text, code, line, column) => {
  expect(passGate(text).fault).toMatchObject({ code, ...(line && { line, column }) });
});

test("the tool's limits hold", () => {
  const nested = (depth: number): string => '<a>'.repeat(depth) + '</a>'.repeat(depth);
  expect(passGate(nested(XML_LIMITS.depth)).fault).toBeUndefined();
  expect(passGate(nested(XML_LIMITS.depth + 1)).fault).toMatchObject({
    code: 'XML_LIMIT',
    data: { limit: 'depth' },
  });
  expect(passGate(`<a>${'x'.repeat(XML_LIMITS.text + 1)}</a>`).fault).toMatchObject({
    code: 'XML_LIMIT',
    data: { limit: 'text' },
  });
});

const E = '<!ENTITY e "v"><!ENTITY m "<b/>"><!ENTITY open "<b>"><!ENTITY n "&e;">';
const LAUGHS = Array.from(
  { length: 9 },
  (_, index) => `<!ENTITY l${String(index + 1)} "${`&l${String(index)};`.repeat(10)}">`,
).join('');

test.each([
  `<!DOCTYPE a [${E}]><a x="&e;&n;">&m;&n;&e;</a>`,
  `<!DOCTYPE a [${E}]><a>t</a>`,
  '<!DOCTYPE a SYSTEM "x"><a x="&nope;">&nope;</a>',
  '<!DOCTYPE a [<!ENTITY e SYSTEM "x">]><a>&e;</a>',
  `<!DOCTYPE a [<!ENTITY l0 "ha">${LAUGHS}]><a/>`,
  '<?a?><?b ?c?><a/>',
])('%j is well-formed, and nothing is expanded', (text) => {
  expect(passGate(text).fault).toBeUndefined();
});

test.each<[string, number, number]>([
  [`<!DOCTYPE a [${E}]><a x="&m;"/>`, 1, 0],
  [`<!DOCTYPE a [${E}]><a>&open;</a>`, 1, 0],
  ['<!DOCTYPE a [<!ENTITY e "&e;">]><a>&e;</a>', 1, 0],
  ['<!DOCTYPE a [<!ENTITY e "&f;">]><a>&e;</a>', 1, 0],
  ['<!DOCTYPE a [<!ENTITY e SYSTEM "x">]><a x="&e;"/>', 1, 0],
  ['<!DOCTYPE a [<!ENTITY e SYSTEM "x" NDATA n>]><a>&e;</a>', 1, 0],
  [`<!DOCTYPE a [<!ENTITY l0 "ha">${LAUGHS}]><a>&l9;</a>`, 1, 0],
  ['<?xml version="1.0" standalone="yes"?><!DOCTYPE a SYSTEM "x"><a>&nope;</a>', 1, 70],
  ['<?a?b?><a/>', 1, 7],
  ['<!-- <!DOCTYPE --><!DOCTYPE a [\r\n<!FOO>]><a/>', 2, 1],
  ['<!DOCTYPE a SYSTEM "x&y"><a>\n&</a>', 2, 1],
])('%j is not well-formed at %i:%i', (text, line, column) => {
  expect(passGate(text).fault).toMatchObject({
    code: 'XML_SYNTAX',
    line,
    ...(column > 0 && { column }),
  });
});

test('lengths are counted in bytes', () => {
  const limitOf = (text: string): unknown => passGate(text).fault?.data;
  const { text, name } = XML_LIMITS;
  expect(limitOf(`<a>${'é'.repeat(text / 2 + 1)}</a>`)).toEqual({ limit: 'text', most: text });
  expect(limitOf(`<a><!--${'x'.repeat(text + 1)}--></a>`)).toEqual({ limit: 'text', most: text });
  const n = 'n'.repeat(name);
  expect(limitOf(`<${n}/>`)).toBeUndefined();
  expect(limitOf(`<${n}n/>`)).toEqual({ limit: 'name', most: name });
  expect(limitOf(`<p:${n} xmlns:p="u"/>`)).toBeUndefined();
  expect(limitOf(`<a ${n}n="1"/>`)).toEqual({ limit: 'name', most: name });
  expect(limitOf(`<?${n}n?><a/>`)).toEqual({ limit: 'name', most: name });
});
