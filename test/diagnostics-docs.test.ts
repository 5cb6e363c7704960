import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

import { expect, test } from 'vitest';

import { catalog } from '../packages/descriptor/src/diagnostics/catalog.ts';

const folder = join(import.meta.dirname, '..', 'docs', 'diagnostics');
const read = (name: string): string => readFileSync(join(folder, name), 'utf8');
const pages = readdirSync(folder).sort();
const entries = Object.entries(catalog);
const yesOrNo = (refused: boolean): string => (refused ? 'yes' : 'no');

test('there is a page for each code, and nothing else', () => {
  expect(pages).toEqual([...Object.keys(catalog).map((code) => `${code}.md`), 'README.md'].sort());
});

test.each(entries)('the page of %s says what the catalogue says', (code, { severity, refused }) => {
  const [title, verdict] = read(`${code}.md`).split('\n\n');
  expect(title).toBe(`# ${code}`);
  expect(verdict).toBe(
    `Severity: **${severity}**. The tool refuses the descriptor: **${yesOrNo(refused)}**.`,
  );
});

test.each(entries)('the page of %s has its three sections, none of them empty', (code) => {
  const [, ...sections] = read(`${code}.md`).split(/^## /m);
  expect(sections.map((section) => section.split('\n', 1)[0])).toEqual([
    'What it means',
    'What the tool does',
    'How to mend it',
  ]);
  for (const section of sections) expect(section).toMatch(/\n\n\S[^]*\n$/);
});

test('the table lists each code once, in the order of the catalogue', () => {
  const rows = read('README.md').matchAll(
    /^\| \[(\w+)\]\((\w+)\.md\) +\| (\w+) +\| (\w+) +\| \S.*\|$/gm,
  );
  expect([...rows].map((row) => row.slice(1))).toEqual(
    entries.map(([code, { severity, refused }]) => [code, code, severity, yesOrNo(refused)]),
  );
});

test('every link of the pages leads somewhere', () => {
  const slug = (heading: string): string =>
    heading
      .toLowerCase()
      .replace(/[^\w -]/g, '')
      .replaceAll(' ', '-');
  const anchors = (page: string): readonly string[] =>
    [...read(page).matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) => slug(heading));
  const leads = (target: string): boolean => {
    const [file = '', anchor] = target.split('#');
    if (!existsSync(join(folder, file))) return false;
    return anchor === undefined || anchors(file).includes(anchor);
  };
  const broken = pages.flatMap((page) =>
    [...read(page).matchAll(/\]\((?!https?:)([^)]+)\)/g)]
      .map(([, target = '']) => target)
      .filter((target) => !leads(target))
      .map((target) => `${page} → ${target}`),
  );
  expect(broken).toEqual([]);
});
