import { expect, test } from 'vitest';

import { passGate, XML_LIMITS } from './gate.ts';

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
