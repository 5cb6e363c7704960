import { expect, test } from 'vitest';

import { parseDoctype } from './doctype.ts';

const read = (doctype: string, standalone = false): ReturnType<typeof parseDoctype> =>
  parseDoctype(doctype, standalone);

const E = '<!ENTITY e "x">';

test.each([
  ' a',
  'a',
  ' a SYSTEM "x.dtd" ',
  ` a PUBLIC '-//X' "x" [] `,
  ' a [<!ENTITY e "v"> <!ENTITY f SYSTEM "file:///etc/passwd">]',
  ` a [<!-- ' --><?p "?><!ELEMENT a (b|c)*><!ATTLIST a b CDATA "]>"><!ENTITY e 'v'>]`,
  ' a [<!ENTITY % p "x"><!ENTITY e "&#65;&amp;">]',
  ' a [<!ENTITY % p "<!ENTITY f \'v\'> ">%p;]',
  ' a SYSTEM "x" [%p;]',
  ' a [<!ENTITY % p SYSTEM "x">%p;]',
  ' a [<!ELEMENT a EMPTY><!ELEMENT b ANY><!ELEMENT c (#PCDATA)><!ELEMENT d (#PCDATA|a)*>]',
  ' a [<!ELEMENT a ((b,c?)|(d+|e)*)+ >]',
  ` a [<!ELEMENT a ${'('.repeat(128)}b${')'.repeat(128)}>]`,
  ' a [<!ATTLIST a><!ATTLIST a b ID #IMPLIED c (x|y) "x" d NOTATION (n) #REQUIRED>]',
  ' a [<!ATTLIST a b CDATA #FIXED "&amp;" >]',
  ' a [<!NOTATION n PUBLIC "x"><!NOTATION n SYSTEM "y" >]',
  ' a [<!ENTITY e SYSTEM "x" NDATA n><!ENTITY e SYSTEM "x" NDATA >]',
  ' a [<!ENTITY e SYSTEM "x y#z">]',
])('%j is well-formed', (doctype) => {
  expect(read(doctype)).toBeTypeOf('object');
});

test.each<[string, number]>([
  ['', 0],
  [' 8', 0],
  [' a [', 4],
  [' a [] x', 6],
  [` a [${E}<!ENTITY e>]`, 19],
  [' a [%p;]', 4],
  [' a [<!ENTITY e "%p;">]', 4],
  [' a [<!ENTITY e "&">]', 4],
  [' a [<!ENTITY e "&#0;">]', 4],
  [' a [<!ENTITY e "&#1114112;">]', 4],
  [' a SYSTEM', 3],
  [' a SYSTEM"x"', 3],
  [' a [<!-- -- -->]', 4],
  [' a [<!ENTITY\u00a0e "x">]', 4],
  [' a [<!ELEMENT a (b,c|d)>]', 4],
  [' a [<!ELEMENT a (b]', 4],
  [' a [<!ELEMENT a (#PCDATA|b)>]', 4],
  [` a [<!ELEMENT a ${'('.repeat(129)}b${')'.repeat(129)}>]`, 4],
  [' a [<!ATTLIST a b FOO #IMPLIED>]', 4],
  [' a [<!ATTLIST a b CDATA "<">]', 4],
  [' a [<!ATTLIST a b CDATA "&e;"><!ENTITY e "x">]', 4],
  [' a [<!ATTLIST a b CDATA #FIXED>]', 4],
  [' a [<!NOTATION n >]', 4],
  [' a [<!ENTITY e SYSTEM "x#y">]', 4],
  [' a [<!ENTITY % p "foo">%p;]', 23],
  [' a [<!ENTITY % p "&#37;p;">%p;]', 27],
  [' a [<!ENTITY % p "<!ENTITY e ">%p;"v">]', 31],
  [' a [<![INCLUDE[]]>]', 4],
  [' a [\u0001]', 4],
])('%j is malformed at %i', (doctype, offset) => {
  expect(read(doctype)).toBe(offset);
});

test('a document that stands alone declares everything itself', () => {
  expect(read(' a SYSTEM "x" [%p;]', true)).toBe(15);
});

test('prefixes that elements have by default', () => {
  const doctype = read(
    ' a [<!ATTLIST a b CDATA "x" xmlns:p CDATA #FIXED "u" xmlns:q CDATA #IMPLIED>]',
  );
  if (typeof doctype === 'number') throw new Error('malformed');
  expect([...doctype.prefixes]).toEqual([['a', ['p']]]);
});
