import { expect, test } from 'vitest';

import { parseDoctype } from './doctype.ts';

test.each([
  [' a', []],
  ['a', []],
  [' a SYSTEM "x.dtd" ', []],
  [` a PUBLIC '-//X' "x" [] `, []],
  [' a [<!ENTITY e "v"> <!ENTITY f SYSTEM "file:///etc/passwd">]', ['e', 'f']],
  [` a [<!-- ' --><?p "?><!ELEMENT a (b|c)*><!ATTLIST a b CDATA "]>"><!ENTITY e 'v'>]`, ['e']],
  [' a [<!ENTITY % p "x"><!ENTITY e "&#65;&amp;">]', ['e']],
])('%j declares %j', (doctype, entities) => {
  expect(parseDoctype(doctype)).toEqual({ entities });
});

test.each([
  '',
  ' 8',
  ' a [',
  ' a [] x',
  ' a [<!ENTITY e>]',
  ' a [%p;]',
  ' a [<!ENTITY e "%p;">]',
  ' a [<!ENTITY e "&">]',
  ' a SYSTEM',
  ' a [<!-- -- -->]',
])('%j is malformed', (doctype) => {
  expect(parseDoctype(doctype)).toBeUndefined();
});

test('entities that hold markup or other entities are not to be used', () => {
  expect(parseDoctype(' a [<!ENTITY e "<b/>"><!ENTITY f "&e;&e;"><!ENTITY g "ok">]')).toEqual({
    entities: ['g'],
  });
});
