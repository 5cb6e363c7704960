import { expect, test } from 'vitest';

import { guidKey, parseGuid, parseGuidArgument, sameGuid, TOP_GUID } from './guid.ts';

const BARE = '5fbaabe3-6958-40ff-92a7-860e329aab41';

test('a GUID is 38 characters in any case, kept as written', () => {
  expect(parseGuid(`{${BARE}}`)).toBe(TOP_GUID);
  expect(parseGuid(`{${BARE.toUpperCase()}}`)).toBe(`{${BARE.toUpperCase()}}`);
});

test.each([
  BARE,
  ` {${BARE}}`,
  `{${BARE}}\n`,
  `{${BARE.slice(1)}}`,
  `{${BARE.replace('5', 'g')}}`,
  '',
  'base',
])('%j is not a GUID', (text) => {
  expect(parseGuid(text)).toBeUndefined();
});

test('an argument may leave out the braces, both of them', () => {
  expect(parseGuidArgument(BARE)).toBe(TOP_GUID);
  expect(parseGuidArgument(`{${BARE}}`)).toBe(TOP_GUID);
  expect(parseGuidArgument(`{${BARE}`)).toBeUndefined();
  expect(parseGuidArgument(`-${BARE.slice(1)}`)).toBeUndefined();
});

test('comparison ignores case', () => {
  expect(sameGuid(TOP_GUID, TOP_GUID.toUpperCase())).toBe(true);
  expect(guidKey(TOP_GUID.toUpperCase())).toBe(TOP_GUID);
});
