import { expect, test } from 'vitest';

import { documentCodes } from './catalog/document.ts';
import { elementCodes } from './catalog/element.ts';
import { fileNameCodes } from './catalog/file-name.ts';
import { graphCodes } from './catalog/graph.ts';
import { volumeCodes } from './catalog/volume.ts';
import { diagnostic } from './diagnostic.ts';
import { formatDiagnostic, messageOf } from './format.ts';

const aboutDescriptors = {
  ...documentCodes,
  ...elementCodes,
  ...fileNameCodes,
  ...graphCodes,
  ...volumeCodes,
};

test('no hint about a descriptor begins with a change that has no copy', () => {
  const hints = Object.entries(aboutDescriptors).flatMap(([code, { hint }]) =>
    typeof hint === 'string' ? [[code, hint] as const] : [],
  );
  const unsafe = hints.filter(([, hint]) =>
    /^(?:Write|Add|Mend|Save|Declare|Point|Spell|Correct|Remove Temporary|Give each)\b/.test(hint),
  );
  expect(unsafe).toEqual([]);
});

test('a size that is stated in bytes is named', () => {
  const said = (stated: number): string =>
    messageOf(diagnostic('DISK_SIZE_DIFFERS', { file: 'top', sectors: 65_536, stated }));
  expect(said(65_536 * 512)).toMatch(/33554432, which is that size in bytes$/);
  expect(said(131_072)).not.toContain('bytes');
});

test('a finding is one line, safe on a terminal, and not a book', () => {
  const place = { line: 3, column: 4 };
  expect(formatDiagnostic(diagnostic('SHOT_UNKNOWN', { guid: 'a\nb\u009b2J' }, place))).toBe(
    '3:4 SHOT_UNKNOWN there is no shot a\\u{a}b\\u{9b}2J',
  );
  const long = diagnostic('GUID_INVALID', { text: 'x'.repeat(1_000_000) });
  expect(formatDiagnostic(long)).toHaveLength(1001);
});
