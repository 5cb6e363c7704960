import fc from 'fast-check';

const { constantFrom: one, tuple, array, oneof } = fc;
/** Mostly good, now and then not. */
const rarely = (good: readonly string[], bad: readonly string[]): fc.Arbitrary<string> =>
  fc.oneof({ arbitrary: one(...good), weight: 30 }, { arbitrary: one(...bad), weight: 1 });
const joined = (...parts: readonly (string | fc.Arbitrary<string>)[]): fc.Arbitrary<string> =>
  tuple(...parts.map((part) => (typeof part === 'string' ? fc.constant(part) : part))).map((all) =>
    all.join(''),
  );
const many = (item: fc.Arbitrary<string>, maxLength: number): fc.Arbitrary<string> =>
  array(item, { maxLength }).map((items) => items.join(''));

const maybe = one('', '', ' ', '\n', '\t ');
const space = rarely([' ', '  ', '\n', '\t', '\r\n'], ['', '\u00a0']);
const name = rarely(
  ['a', 'b', 'e', 'f', 'p', 'File', 'Image', 'xmlns:q', 'xmlns:p', 'a:b', '_x', 'é', 'a.b', 'x-1'],
  ['1x', '-', '·', ''],
);
const value = rarely(
  ['', 'x', 'a b', '&amp;', '&#65;', '&#x41;', '<b/>', '<b c="&e;"/>', '&f;', '>', 'http://x/y'],
  ['&#0;', '&nope;', '<', '<b>', '%p;', '%', '&', 'x#y', '&#60;', '&#38;#60;'],
);
const literal = tuple(value, one('"', "'")).map(
  ([text, quote]) => quote + text.replaceAll(quote, '') + quote,
);
const external = oneof(
  joined('SYSTEM', space, literal),
  joined('PUBLIC', space, one('"-//X"', "'p'"), space, literal),
);
const { particle } = fc.letrec<{ particle: string }>((tie) => ({
  particle: oneof(
    { depthSize: 'small', withCrossShrink: true },
    joined(name, one('', '?', '*', '+')),
    joined('(', maybe, tie('particle'), maybe, ')', one('', '?', '*', '+')),
    joined('(', tie('particle'), maybe, '|', name, maybe, '|', name, ')'),
    joined('(', tie('particle'), ',', maybe, name, rarely([','], ['|']), name, ')'),
  ),
}));
const content = oneof(
  one('EMPTY', 'ANY', '(#PCDATA)', '(#PCDATA)*', '( #PCDATA | a | b )*', '(#PCDATA|a)'),
  joined('(', maybe, particle, maybe, ')', one('', '*')),
);
const attribute = joined(
  space,
  name,
  space,
  rarely(['CDATA', 'ID', 'NMTOKENS', '(a|b)', '( 1 | -x )', 'NOTATION (n)'], ['FOO', '()', 'IDX']),
  space,
  oneof(one('#REQUIRED', '#IMPLIED'), literal, joined('#FIXED', space, literal)),
);
const declaration = oneof(
  joined('<!ENTITY', space, name, space, oneof(literal, external), maybe, '>'),
  joined('<!ENTITY', space, name, space, external, space, 'NDATA', space, name, maybe, '>'),
  joined('<!ENTITY', space, '%', space, name, space, oneof(literal, external), maybe, '>'),
  joined(`<!ENTITY % p '<!ENTITY f "`, one('v', '<b/>', '&#38;e;'), `">'>`, maybe, '%p;'),
  joined('<!ELEMENT', space, name, space, content, maybe, '>'),
  joined('<!ATTLIST', space, name, many(attribute, 2), maybe, '>'),
  joined('<!NOTATION', space, name, space, external, maybe, '>'),
  joined('<!--', rarely([' c ', '', "'", '"', '>', ']', '<!ENTITY'], ['--', '-']), '-->'),
  joined('<?', name, one('', ' ', ' x', ' "', ' ?', ' >'), '?>'),
  rarely([' ', '\n'], ['%q;', 'x', '<', '&e;', '<![INCLUDE[]]>', '\u0001']),
);

/** Document type declarations, most of them well-formed; each declares the entity `e`. */
export const declarations: fc.Arbitrary<string> = joined(
  '<!DOCTYPE',
  rarely([' a', '\na', ' a '], ['', ' ', ' 1']),
  oneof({ arbitrary: fc.constant(''), weight: 4 }, { arbitrary: joined(' ', external), weight: 1 }),
  maybe,
  '[<!ENTITY e "v">',
  many(declaration, 3),
  ']',
  maybe,
  '>',
);
