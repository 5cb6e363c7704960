import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { describe, expect, test } from 'vitest';

import { isOneOf, OPTIONS, SUBCOMMANDS, type Releases, type Since, type Version } from '../../src/releases/index.ts';

/** What was measured: an option, and the releases that know it as `7.0.58-, 8 to before 8.0.26, 9`. */
const ROWS = readFileSync(join(import.meta.dirname, 'option-bands.txt'), 'utf8')
  .trimEnd()
  .split('\n')
  .map((line) => {
    const [, subcommand = '', option = '', bands = ''] = /^(.+) (-\S+): (.+)$/.exec(line) ?? [];
    return { subcommand, option, bands };
  });

/** Where each line of releases ends. */
const ENDS: Readonly<Record<string, Version | undefined>> = { '1': '7', '7': '8', '8': '9' };
const LINES: readonly (readonly [line: string, first: number, last: number])[] = [
  ...[11, 12, 13, 14, 15].map((minor) => [`1.${String(minor)}`, 0, 2] as const),
  ...([['7.0', 0, 300], ['8.0', 0, 110], ['9.0', 0, 40]] as const),
];
const NUMBERS: readonly Version[] = LINES.flatMap(([line, first, last]) =>
  Array.from({ length: last - first + 1 }, (_, index) => `${line}.${String(first + index)}` as Version),
);
/** A release with four numbers: a hotfix, which no table names. */
const HOTFIX = /\d+\.\d+\.\d+\.\d+/;

function releasesIn(bands: string): Releases {
  return bands.split(', ').flatMap((band): readonly Since[] => {
    if (band === 'all') return [{ since: '1' }];
    if (HOTFIX.test(band)) return [];
    const [, since = '', before] = /^([\d.]+)(?:-|(?: to before ([\d.]+)))?$/.exec(band) ?? [];
    expect(since).not.toBe('');
    return [{ since: since as Version, before: (before as Version | undefined) ?? ENDS[since[0] ?? ''] }];
  });
}

test('183 options were measured', () => {
  expect(ROWS).toHaveLength(183);
});

describe('each option is for the releases that were measured to know it, each boundary included', () => {
  test.each(ROWS)('$subcommand $option: $bands', ({ subcommand, option, bands }) => {
    const measured = releasesIn(bands.replace(/^value in /, ''));
    const all: Releases = [{ since: '1' }];
    const having = SUBCOMMANDS[subcommand] ?? all;
    const knowing = OPTIONS[subcommand]?.[option] ?? all;
    const differing = NUMBERS.filter(
      (release) =>
        (isOneOf(release, having) && isOneOf(release, knowing)) !== isOneOf(release, measured),
    );
    expect(differing).toEqual([]);
  });
});

test('no option is in the table that was not measured', () => {
  const measured = new Set(ROWS.map(({ subcommand, option }) => `${subcommand} ${option}`));
  const stated = Object.entries(OPTIONS).flatMap(([subcommand, options]) =>
    Object.keys(options).map((option) => `${subcommand} ${option}`),
  );
  expect(stated.filter((one) => !measured.has(one))).toEqual([]);
});
