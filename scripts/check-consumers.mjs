// Packs the packages, installs them outside the repository, and compiles and runs a program that uses them, once for
// each way in which TypeScript resolves modules, library checks on. Runs ploop-inspect by its name, there and here.
import { execFileSync } from 'node:child_process';
import { cpSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { root } from './setup.mjs';

const PACKAGES = ['@ploop/descriptor', '@ploop/runner', 'ploop', 'ploop-inspect'];
const RESOLUTIONS = [
  { module: 'node16', moduleResolution: 'node16' },
  { module: 'nodenext', moduleResolution: 'nodenext' },
  { module: 'esnext', moduleResolution: 'bundler' },
];

const DISK = join(root, 'apps', 'examples', 'recorded', 'step-5');

const directory = mkdtempSync(join(tmpdir(), 'ploop-consumer-'));
const npm = (args, cwd) => {
  const cli = process.env.npm_execpath;
  const [file, first] = cli ? [process.execPath, [cli]] : ['npm', []];
  const stdio = ['ignore', 'pipe', 'inherit'];
  return execFileSync(file, [...first, ...args], { cwd, stdio, encoding: 'utf8' });
};
/** What `npx ploop-inspect` prints; never anything that is fetched for it. */
const inspect = (cwd) => npm(['exec', '--no', '--', 'ploop-inspect', 'tree', DISK], cwd);

try {
  const workspaces = PACKAGES.flatMap((name) => ['-w', name]);
  npm(
    ['pack', '--ignore-scripts', '--silent', '--pack-destination', directory, ...workspaces],
    root,
  );
  const tarballs = readdirSync(directory).map((name) => join(directory, name));
  const project = join(directory, 'project');
  cpSync(join(root, 'test', 'consumer'), project, { recursive: true });
  writeFileSync(join(project, 'package.json'), '{ "private": true, "type": "module" }\n');
  const { version } = JSON.parse(
    execFileSync(process.execPath, ['-p', 'JSON.stringify(require("@types/node/package.json"))'], {
      cwd: root,
    }),
  );
  npm(
    [
      'install',
      '--prefer-offline',
      '--no-audit',
      '--no-fund',
      `@types/node@${version}`,
      ...tarballs,
    ],
    project,
  );
  const drawn = [root, project].map(inspect);
  if (!drawn[0].includes('(top)') || drawn[0] !== drawn[1])
    throw new Error(`npx ploop-inspect printed ${JSON.stringify(drawn)}`);
  console.log('npx ploop-inspect: here and installed');
  const tsc = join(root, 'node_modules', 'typescript', 'bin', 'tsc');
  for (const { module, moduleResolution } of RESOLUTIONS) {
    const options = {
      module,
      moduleResolution,
      target: 'es2022',
      strict: true,
      skipLibCheck: false,
    };
    const compilerOptions = { ...options, outDir: moduleResolution, types: ['node'] };
    const config = join(project, `tsconfig.${moduleResolution}.json`);
    writeFileSync(config, JSON.stringify({ compilerOptions, files: ['consumer.ts'] }));
    execFileSync(process.execPath, [tsc, '-p', config], { cwd: project, stdio: 'inherit' });
    const program = join(project, moduleResolution, 'consumer.js');
    const said = execFileSync(process.execPath, [program], { cwd: project, encoding: 'utf8' });
    console.log(`${moduleResolution}: ${said.trim()}`);
  }
} finally {
  rmSync(directory, { recursive: true, force: true });
}
