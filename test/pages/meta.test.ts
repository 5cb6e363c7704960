import { expect, test } from 'vitest';

import { commandsOfPages } from './commands.ts';
import { cannotRun } from './cannot-run.ts';
import { rows } from './table.ts';

const run = new Map<string, Set<string>>();
for (const { page, tries = [], mends = [] } of rows) {
  const known = run.get(page) ?? new Set<string>();
  const steps = mends.flatMap((mending) =>
    mending.steps.filter((step) => typeof step !== 'function'),
  );
  for (const { command } of [...tries, ...steps]) if (command !== undefined) known.add(command);
  run.set(page, known);
}
const excused = (page: string, command: string): boolean =>
  cannotRun[page]?.[command] !== undefined;

test('every command of a page is run by a row, or it is said why it cannot be', () => {
  const missing = [...commandsOfPages()].flatMap(([page, commands]) =>
    [...commands]
      .filter((command) => run.get(page)?.has(command) !== true && !excused(page, command))
      .map((command) => `${page}: ${command}`),
  );
  expect(missing).toEqual([]);
});

test('the tables name nothing that no page has', () => {
  const pages = commandsOfPages();
  const stated = [
    ...[...run].flatMap(([page, commands]) => [...commands].map((command) => [page, command])),
    ...Object.entries(cannotRun).flatMap(([page, commands]) =>
      Object.keys(commands).map((command) => [page, command]),
    ),
  ];
  const unknown = stated.filter(
    ([page = '', command = '']) => pages.get(page)?.has(command) !== true,
  );
  expect(unknown).toEqual([]);
});

test('nothing is both run and excused', () => {
  const both = [...run].flatMap(([page, commands]) =>
    [...commands].filter((command) => excused(page, command)).map((command) => [page, command]),
  );
  expect(both).toEqual([]);
});
