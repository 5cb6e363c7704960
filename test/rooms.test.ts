import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import { expect, test } from 'vitest';

import { cruised, root } from './cruised.ts';

const text = readFileSync(join(root, 'rooms.json'), 'utf8');
const table = Object.entries(JSON.parse(text) as Readonly<Record<string, readonly string[]>>);

test.each(table)('each room of %s has a place in the order', (workspace, names) => {
  const entries = readdirSync(join(root, workspace, 'src'), { withFileTypes: true });
  const found = entries
    .filter((entry) => entry.isDirectory() || /(?<!\.test)\.ts$/.test(entry.name))
    .map(({ name }) => name);
  expect([...names].sort()).toEqual(found.sort());
});

/** A file of a room, and what another one in `src/` calls it. */
function fileOf(room: string): string {
  return room.endsWith('.ts') ? room : `${room}/file.ts`;
}

/** In each package, a file of the first room that imports one of the last room. */
const files = Object.fromEntries(
  table.flatMap(([workspace, names]) => {
    const [first, last] = [fileOf(names[0] ?? ''), fileOf(names.at(-1) ?? '')];
    const up = first.includes('/') ? '../' : './';
    return [
      [`${workspace}/src/${first}`, `export { one } from '${up}${last}';\n`],
      [`${workspace}/src/${last}`, 'export const one = 1;\n'],
    ];
  }),
);

test('a room that imports from a later one fails, in each package', async () => {
  const { status, stdout } = await cruised(files);
  expect(stdout.match(/error rooms-of-/g)).toHaveLength(table.length);
  expect(status).toBe(table.length);
});
