// Packs the packages once. Has publint and attw judge them; then installs them outside the repository, and compiles
// and runs a program that uses them, once for each way in which TypeScript resolves modules, library checks on. Runs
// ploop-inspect by its name, there and here.
import { execFileSync, spawnSync } from 'node:child_process';
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { publint } from 'publint';
import { formatMessage } from 'publint/utils';

import { root } from './setup.mjs';

const LIBRARIES = [
  '@ploop/descriptor',
  '@ploop/image',
  '@ploop/contents',
  '@ploop/offline',
  '@ploop/runner',
  'ploop',
];
const PROGRAMS = ['ploop-inspect'];
const RESOLUTIONS = [
  // The libraries of a browser are checked once: that takes as long as everything else.
  { module: 'nodenext', moduleResolution: 'nodenext' },
  { module: 'node16', moduleResolution: 'node16', lib: ['es2022'] },
  { module: 'esnext', moduleResolution: 'bundler', lib: ['es2022'] },
];

const DISK = join(root, 'apps', 'examples', 'recorded', 'step-5');

const directory = mkdtempSync(join(tmpdir(), 'ploop-consumer-'));
const npm = (args, cwd) => {
  const cli = process.env.npm_execpath;
  const [file, first] = cli ? [process.execPath, [cli]] : ['npm', []];
  const stdio = ['ignore', 'pipe', 'inherit'];
  return execFileSync(file, [...first, ...args], { cwd, stdio, encoding: 'utf8' });
};
const tsc = join(root, 'node_modules', 'typescript', 'bin', 'tsc');
const attw = join(
  dirname(fileURLToPath(import.meta.resolve('@arethetypeswrong/cli/package.json'))),
  'dist',
  'index.js',
);
const run = (file, args) => {
  const all = [file, ...args];
  const { status, stdout, stderr } = spawnSync(process.execPath, all, { encoding: 'utf8' });
  if (status !== 0) throw new Error(`${all.join(' ')}\n${stdout}${stderr}`);
};
/** What `npx ploop-inspect` prints; never anything that is fetched for it. */
const inspect = (cwd) => npm(['exec', '--no', '--', 'ploop-inspect', 'tree', DISK], cwd);

/** Packs workspaces into a directory of their own and returns their tarballs. */
function pack(names, to) {
  mkdirSync(to);
  const workspaces = names.flatMap((name) => ['-w', name]);
  npm(['pack', '--ignore-scripts', '--silent', '--pack-destination', to, ...workspaces], root);
  return readdirSync(to).map((name) => join(to, name));
}

try {
  const tarballs = pack([...LIBRARIES, ...PROGRAMS], join(directory, 'tarballs'));
  const isProgram = (tarball) => PROGRAMS.some((name) => tarball.includes(`/${name}-`));
  for (const tarball of tarballs) {
    const { buffer } = new Uint8Array(readFileSync(tarball));
    const { messages, pkg } = await publint({ pack: { tarball: buffer }, strict: true });
    if (messages.length > 0)
      throw new Error([tarball, ...messages.map((one) => formatMessage(one, pkg))].join('\n'));
    if (!isProgram(tarball)) run(attw, [tarball, '--profile', 'esm-only', '--no-emoji']);
  }
  console.log(`publint and attw: ${String(tarballs.length)} packages`);
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
  for (const { moduleResolution, ...options } of RESOLUTIONS) {
    const compilerOptions = {
      ...options,
      moduleResolution,
      target: 'es2022',
      strict: true,
      skipLibCheck: false,
      rootDir: '.',
      outDir: moduleResolution,
      types: ['node'],
    };
    const config = join(project, `tsconfig.${moduleResolution}.json`);
    writeFileSync(config, JSON.stringify({ compilerOptions, files: ['consumer.ts'] }));
  }
  // One process, which reads the declarations once.
  const configs = RESOLUTIONS.map(({ moduleResolution }) =>
    join(project, `tsconfig.${moduleResolution}.json`),
  );
  run(tsc, ['-b', ...configs]);
  for (const { moduleResolution } of RESOLUTIONS) {
    const program = join(project, moduleResolution, 'consumer.js');
    const said = execFileSync(process.execPath, [program], { cwd: project, encoding: 'utf8' });
    console.log(`${moduleResolution}: ${said.trim()}`);
  }
} finally {
  rmSync(directory, { recursive: true, force: true });
}
