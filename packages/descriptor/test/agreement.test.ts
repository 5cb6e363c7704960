import { expect, test } from 'vitest';

import { catalog } from '../src/diagnostics/catalog.ts';
import type { DiagnosticCode } from '../src/diagnostics/codes.ts';
import { textsOfOnes } from './data-of-ones.ts';

/** The texts of a code. A number that is never absent is printed as undefined. */
function saidOfOne(code: DiagnosticCode): readonly string[] {
  return textsOfOnes(catalog[code].text).filter((text) => !/undefined (?:of|bytes)/.test(text));
}

const NOUNS =
  'ancestors|bytes|children|clusters|cylinders|elements|entries|files|findings|heads|images|links|names(?! as)|partitions|ranges|sectors|shots|snapshots|symlinks';
const DISAGREES = new RegExp(
  `(?<![\\w.-])1 (?:zero |more |other |stored )?(?:(?:${NOUNS})\\b|\\w+ (?:are|have|follow|take|hang)\\b)`,
);

const codes = Object.keys(catalog) as readonly DiagnosticCode[];

test.each(codes)('what %s says of one agrees with it', (code) => {
  for (const said of saidOfOne(code)) expect(said).not.toMatch(DISAGREES);
});

test('all codes say something of one', () => {
  const silent = codes.filter((code) => saidOfOne(code).length === 0);
  expect(silent).toEqual([]);
});
