// Makes a fresh clone ready: dependencies first, then the build. Uses nothing but Node itself.
import { spawnSync } from 'node:child_process';
import { existsSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = dirname(dirname(fileURLToPath(import.meta.url)));

const seconds = (since) => `${((performance.now() - since) / 1000).toFixed(1)} s`;

/** What to say last where a step fails; tests count it. */
let lastWord = '';
export function onFailureSay(line) {
  lastWord = line;
}

/** Where progress goes; a program whose output is data has it elsewhere. */
let progress = process.stdout;
export function sayProgressOn(stream) {
  progress = stream;
}

/** Runs one npm command; its output is shown only when it fails, which ends the program. */
function npm(title, args) {
  const started = performance.now();
  progress.write(`${title} … `);
  const cli = process.env.npm_execpath;
  const [file, first] = cli ? [process.execPath, [cli]] : ['npm', []];
  const { status, stdout, stderr, error } = spawnSync(file, [...first, ...args], {
    cwd: root,
    encoding: 'utf8',
    env: { ...process.env, TURBO_TELEMETRY_DISABLED: '1', DO_NOT_TRACK: '1' },
    maxBuffer: 1024 ** 3,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  if (status === 0) {
    progress.write(`${seconds(started)}\n`);
    return;
  }
  progress.write(`failed after ${seconds(started)}\n`);
  console.error(error?.message ?? `${stdout}${stderr}`);
  if (lastWord !== '') console.log(lastWord);
  process.exit(1);
}

/** Whether node_modules is there and not older than the lockfile. */
function isInstalled() {
  const mark = join(root, 'node_modules', '.package-lock.json');
  if (!existsSync(mark)) return false;
  return statSync(mark).mtimeMs >= statSync(join(root, 'package-lock.json')).mtimeMs;
}

export function install() {
  if (!isInstalled()) npm('Installing dependencies', ['ci', '--no-audit', '--no-fund']);
}

/** Runs turbo tasks; what has not changed since the last time comes from its cache. */
export function turbo(title, tasks) {
  npm(title, [
    'exec',
    '--',
    'turbo',
    'run',
    ...tasks,
    '--concurrency=2',
    '--output-logs=errors-only',
  ]);
}
