import { spawnSync } from 'node:child_process';
import { mkdir, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { temporaryDirectory } from '@ploop/test-kit';
import { expect, test } from 'vitest';

const root = join(import.meta.dirname, '..');

/** What the checker says of some files, as it is called for all. */
async function checked(files: Readonly<Record<string, string>>) {
  const directory = await temporaryDirectory();
  await mkdir(join(directory, 'src'));
  await symlink(join(root, 'node_modules'), join(directory, 'node_modules'));
  await writeFile(join(directory, 'package.json'), '{ "type": "module" }');
  await writeFile(join(directory, 'tsconfig.check.json'), '{ "include": ["src"] }');
  for (const [name, text] of Object.entries(files))
    await writeFile(join(directory, 'src', name), text);
  const config = join(root, '.dependency-cruiser.mjs');
  const bin = join(root, 'node_modules', 'dependency-cruiser', 'bin', 'dependency-cruise.mjs');
  const argv = [bin, '--config', config, 'src'];
  const { status, stdout } = spawnSync(process.execPath, argv, {
    cwd: directory,
    encoding: 'utf8',
  });
  return { status, circles: stdout.match(/no-circles/g)?.length ?? 0 };
}

test('a circle of imports fails, also one of types', async () => {
  const two = "import { two } from './two.ts';\nexport const one = () => two;\n";
  const one = "import { one } from './one.ts';\nexport const two = () => one;\n";
  expect(await checked({ 'one.ts': two, 'two.ts': one })).toEqual({ status: 1, circles: 1 });
  const types = {
    'one.ts':
      "import type { Two } from './two.ts';\nexport interface One {\n  readonly two: Two;\n}\n",
    'two.ts':
      "import type { One } from './one.ts';\nexport interface Two {\n  readonly one: One;\n}\n",
  };
  expect(await checked(types)).toEqual({ status: 1, circles: 1 });
});

test('imports in one direction pass', async () => {
  const files = {
    'one.ts': "import { two } from './two.ts';\nexport const one = two;\n",
    'two.ts': 'export const two = 2;\n',
  };
  expect(await checked(files)).toEqual({ status: 0, circles: 0 });
});
