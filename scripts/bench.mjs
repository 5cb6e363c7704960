// npm run bench: set up, then measure. Arguments: names of benchmarks (all by default), --json, --quick.
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

import { install, root, sayProgressOn, turbo } from './setup.mjs';

const PROGRAMS = {
  parse: ['descriptor', 'parse.mjs'],
  images: ['offline', 'images.mjs'],
  files: ['offline', 'files.mjs'],
  reads: ['ploop', 'reads.mjs'],
  guard: ['ploop', 'guard.mjs'],
  overhead: ['runner', 'overhead.mjs'],
  startup: ['ploop', 'startup.mjs'],
};

const argv = process.argv.slice(2);
const flags = argv.filter((word) => word.startsWith('-'));
const names = argv.filter((word) => !word.startsWith('-'));
const unknown = names.find((name) => !Object.hasOwn(PROGRAMS, name));
if (unknown !== undefined) {
  console.error(`no benchmark ${unknown}; there are: ${Object.keys(PROGRAMS).join(', ')}`);
  process.exit(2);
}

sayProgressOn(process.stderr);
install();
turbo('Building', ['//#build']);
const isJson = flags.includes('--json');
const reports = {};
for (const name of names.length > 0 ? names : Object.keys(PROGRAMS)) {
  const [workspace, file] = PROGRAMS[name];
  const bench = join(root, 'packages', workspace, 'bench', file);
  const { status, stdout } = spawnSync(process.execPath, [bench, ...flags], {
    stdio: ['inherit', isJson ? 'pipe' : 'inherit', 'inherit'],
    encoding: 'utf8',
    maxBuffer: 2 ** 30,
  });
  if (status !== 0) process.exit(status ?? 1);
  if (isJson) reports[name] = JSON.parse(stdout);
}
if (isJson) console.log(JSON.stringify(reports, undefined, 2));
