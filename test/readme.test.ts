import { execFileSync, spawnSync } from 'node:child_process';
import { readFileSync, readdirSync, existsSync } from 'node:fs';
import { dirname, join } from 'node:path';

import { expect, test } from 'vitest';

const root = join(import.meta.dirname, '..');
const read = (...path: readonly string[]): string => readFileSync(join(root, ...path), 'utf8');

const EXAMPLES: readonly (readonly [readme: string, example: string])[] = [
  ['README.md', 'apps/examples/src/quick-start.ts'],
  ['packages/ploop/README.md', 'apps/examples/src/quick-start.ts'],
  ['packages/descriptor/README.md', 'packages/descriptor/test/example.ts'],
  ['packages/image/README.md', 'packages/image/test/example.ts'],
  ['packages/contents/README.md', 'packages/contents/test/example.ts'],
  ['packages/offline/README.md', 'packages/offline/test/example.ts'],
  ['packages/runner/README.md', 'packages/runner/test/example.ts'],
  ['docs/backup.md', 'packages/offline/test/backup-example.ts'],
];

test.each(EXAMPLES)('the example of %s is %s, which is compiled and run', (readme, example) => {
  const code = /```ts\n([^]*?)```/.exec(read(readme))?.[1];
  expect(code).toBe(
    read(example)
      .replace(/^\/\*\*.*\*\/\n/m, '')
      .replace("'../src/index.ts'", packageOf(readme)),
  );
});

function packageOf(readme: string): string {
  if (readme.startsWith('docs/')) return "'@ploop/offline'";
  if (!readme.startsWith('packages/')) return "'ploop'";
  const { name } = JSON.parse(read(dirname(readme), 'package.json')) as { name: string };
  return `'${name}'`;
}

test('the example of ploop-inspect is what it prints', () => {
  const [, command = '', output] =
    /```console\n\$ ploop-inspect (.*)\n([^]*?)```/.exec(read('apps/inspect/README.md')) ?? [];
  const argv = [join(root, 'apps/inspect/dist/bin.js'), ...command.split(' ')];
  expect(execFileSync(process.execPath, argv, { cwd: root, encoding: 'utf8' })).toBe(output);
});

test('the pictures in README.md are what ploop-inspect prints', () => {
  const disk = join(root, 'apps/examples/recorded/step-5');
  const inspect = join(root, 'apps/inspect/dist/bin.js');
  const pictures = read('README.md').matchAll(
    /```console\n\$ ploop-inspect (\w+) (\S+)\n([^]*?)```/g,
  );
  const shown = [...pictures].map(([, command = '', path = '', output]) => {
    const argv = [inspect, command, disk];
    const { stdout, stderr } = spawnSync(process.execPath, argv, { encoding: 'utf8' });
    expect(`${stderr}${stdout}`.replaceAll(disk, path)).toBe(output);
    return command;
  });
  expect(shown).toEqual(['tree', 'check']);
});

test('every link between the pages leads somewhere', () => {
  const pages = ['README.md', 'CONTRIBUTING.md']
    .concat(readdirSync(join(root, 'docs')).map((name) => `docs/${name}`))
    .concat(
      ['packages', 'apps'].flatMap((group) =>
        readdirSync(join(root, group)).map((name) => `${group}/${name}/README.md`),
      ),
    )
    .filter((page) => page.endsWith('.md') && existsSync(join(root, page)));
  const broken = pages.flatMap((page) =>
    [...read(page).matchAll(/\]\((?!https?:|#)([^)#]+)/g)]
      .map((match) => join(dirname(page), match[1] ?? ''))
      .filter((target) => !existsSync(join(root, target)))
      .map((target) => `${page} → ${target}`),
  );
  expect(broken).toEqual([]);
});
