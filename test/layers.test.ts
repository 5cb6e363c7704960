import { execFileSync } from 'node:child_process';
import { mkdir, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { temporaryDirectory } from '@ploop/test-kit';
import { ESLint } from 'eslint';
import { expect, test } from 'vitest';

const root = join(import.meta.dirname, '..');
const eslint = new ESLint({
  cwd: root,
  // The rules under test need no types, and the files do not exist.
  overrideConfig: {
    languageOptions: { parserOptions: { project: null, programs: null } },
  },
  ruleFilter: ({ ruleId }) =>
    ['@typescript-eslint/no-restricted-imports', 'no-restricted-syntax'].includes(ruleId),
});

async function faults(file: string, code: string): Promise<number> {
  const [result] = await eslint.lintText(code, { filePath: join(root, file) });
  const fatal = result?.messages.find((message) => message.fatal === true);
  if (fatal !== undefined) throw new Error(fatal.message);
  return result?.messages.length ?? 0;
}

test.each([
  ['packages/descriptor/src/parse.ts', "import { x } from './model.ts';"],
  ['packages/descriptor/src/xml/gate.ts', "import { x } from 'saxes';"],
  ['packages/descriptor/src/xml/read.ts', "import { x } from 'fast-xml-parser';"],
  ['packages/descriptor/src/render/svg.ts', "import { x } from 'd3-hierarchy';"],
  [
    'packages/image/src/formats/ploop/extension/md5.ts',
    "import { md5 } from '@noble/hashes/legacy.js';",
  ],
  ['packages/descriptor/src/node/files.ts', "import { x } from 'node:fs/promises';"],
  ['packages/image/src/index.ts', "import { x } from '@ploop/descriptor/internal';"],
  ['packages/contents/src/index.ts', "import { x } from '@ploop/descriptor/internal';"],
  ['packages/offline/src/index.ts', "import { x } from '@ploop/image/internal';"],
  ['packages/offline/src/index.ts', "import { x } from '@ploop/contents';"],
  ['packages/offline/src/export/lanes.ts', "import { x } from 'node:worker_threads';"],
  ['packages/runner/src/exec/exec.ts', "import { x } from 'execa';"],
  ['packages/runner/src/runner.ts', "import { parseGuid, type Guid } from '@ploop/descriptor';"],
  ['packages/runner/src/runner.ts', "import type { Image } from '@ploop/descriptor';"],
  ['packages/ploop/src/disk/disk.ts', "import { x } from '@ploop/descriptor/node';"],
  ['packages/ploop/src/disk/disk.ts', "import { x } from '@ploop/runner';"],
  ['apps/inspect/src/main.ts', "import { x } from '@ploop/offline';"],
  ['apps/inspect/src/commands/index.ts', "const load = () => import('./show.ts');"],
  ['apps/inspect/src/output/progress-bar.ts', "import { SingleBar } from 'cli-progress';"],
  ['apps/examples/src/quick-start.ts', "import { x } from 'ploop';"],
])('%s may: %s', async (file, code) => {
  expect(await faults(file, code)).toBe(0);
});

test.each([
  ['packages/descriptor/src/parse.ts', "import { x } from 'node:fs';"],
  ['packages/descriptor/src/parse.ts', "import { x } from 'fast-xml-parser';"],
  ['packages/descriptor/src/parse.ts', "import { x } from 'saxes';"],
  ['packages/descriptor/src/parse.ts', "import { x } from './node/files.ts';"],
  ['packages/descriptor/src/parse.ts', "import { x } from '@ploop/runner';"],
  ['packages/descriptor/src/xml/read.ts', "import { x } from 'saxes';"],
  ['packages/descriptor/src/render/dot.ts', "import { x } from 'd3-hierarchy';"],
  ['packages/descriptor/src/parse.ts', "import { x } from '@ploop/image';"],
  ['packages/descriptor/src/node/files.ts', "import { x } from '@ploop/offline';"],
  [
    'packages/image/src/formats/ploop/extension/extension.ts',
    "import { md5 } from '@noble/hashes/legacy.js';",
  ],
  ['packages/image/src/formats/ploop/layout.ts', "import { x } from 'node:fs';"],
  ['packages/image/src/formats/ploop/layout.ts', "import { x } from '@ploop/contents';"],
  ['packages/image/src/formats/ploop/layout.ts', "import { x } from '@ploop/offline';"],
  ['packages/offline/src/disk/load-disk.ts', "import { x } from 'node:child_process';"],
  ['packages/offline/src/disk/load-disk.ts', "import { x } from 'node:worker_threads';"],
  ['packages/offline/src/disk/load-disk.ts', "import { x } from '@ploop/runner';"],
  ['packages/descriptor/src/node/files.ts', "import { x } from 'node:child_process';"],
  ['packages/descriptor/src/node/files.ts', "import { x } from 'execa';"],
  ['packages/descriptor/src/node/files.ts', 'list.push(...items);'],
  ['packages/ploop/src/disk/disk.ts', 'const most = Math.max(0, ...sizes);'],
  ['packages/runner/src/runner.ts', "import { x } from 'execa';"],
  ['packages/runner/src/runner.ts', "import { spawn } from 'node:child_process';"],
  ['packages/runner/src/runner.ts', "import { parseDescriptor } from '@ploop/descriptor';"],
  ['packages/runner/src/runner.ts', "import { x } from '@ploop/descriptor/node';"],
  ['packages/runner/src/runner.ts', "import { x } from 'ploop';"],
  ['packages/contents/src/index.ts', "import { x } from 'node:fs';"],
  ['packages/contents/src/index.ts', "import { x } from '@ploop/descriptor/node';"],
  ['packages/contents/src/index.ts', "import { x } from '@ploop/image';"],
  ['packages/contents/src/index.ts', "import { x } from '@ploop/offline';"],
  ['packages/ploop/src/disk/disk.ts', "import { spawn } from 'node:child_process';"],
  ['packages/ploop/src/disk/disk.ts', "import { x } from 'execa';"],
  ['packages/ploop/src/disk/disk.ts', "export { x } from 'fast-xml-parser';"],
  ['packages/ploop/src/disk/disk.ts', "export * from './open-disk.ts';"],
  ['packages/ploop/src/disk/disk.ts', "const x = await import('execa');"],
  ['apps/inspect/src/commands/index.ts', "const load = () => import('@ploop/offline');"],
  ['apps/inspect/src/main.ts', "const load = () => import('./commands/show.ts');"],
  ['apps/inspect/src/main.ts', "import { x } from 'ploop';"],
  ['apps/inspect/src/views/export-report.ts', "import { SingleBar } from 'cli-progress';"],
  ['apps/inspect/src/main.ts', "import { x } from '@ploop/runner';"],
  ['apps/inspect/src/main.ts', "import { x } from '@ploop/offline/internal';"],
  ['apps/examples/src/quick-start.ts', "import { x } from '@ploop/runner';"],
])('%s may not: %s', async (file, code) => {
  expect(await faults(file, code)).toBeGreaterThan(0);
});

test('the compiler keeps Node out of the core', async () => {
  const directory = await temporaryDirectory();
  const core = join(root, 'packages', 'descriptor');
  await mkdir(join(directory, 'src'));
  await symlink(join(root, 'node_modules'), join(directory, 'node_modules'));
  const config = {
    extends: join(core, 'tsconfig.json'),
    compilerOptions: { rootDir: 'src', outDir: 'dist', tsBuildInfoFile: 'dist/info', noEmit: true },
    include: ['src'],
  };
  await writeFile(join(directory, 'package.json'), '{ "type": "module" }');
  await writeFile(join(directory, 'tsconfig.json'), JSON.stringify(config));
  const compile = (): string => {
    const tsc = join(root, 'node_modules', 'typescript', 'bin', 'tsc');
    try {
      return execFileSync(process.execPath, [tsc, '-p', directory], { encoding: 'utf8' });
    } catch (error) {
      return (error as { stdout: string }).stdout;
    }
  };
  const sources = {
    'browser.ts': 'export const x: string = new TextDecoder().encoding;\n',
    'import.ts': "import { readFileSync } from 'node:fs';\nexport const x = readFileSync;\n",
    'global.ts': 'export const x: string = process.cwd();\n',
  };
  for (const [name, text] of Object.entries(sources))
    await writeFile(join(directory, 'src', name), text);
  const faults = compile().match(/\w+\.ts(?=\()|TS\d+/g);
  expect(faults).toEqual(['global.ts', 'TS2591', 'import.ts', 'TS2591']);
});
