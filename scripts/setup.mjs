// Makes a fresh clone ready: dependencies first, then the build. Uses nothing but Node itself.
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
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

/** How to start an npm command. */
function npmCommand(args) {
  const cli = process.env.npm_execpath;
  const [file, first] = cli ? [process.execPath, [cli]] : ['npm', []];
  const env = { ...process.env, TURBO_TELEMETRY_DISABLED: '1', DO_NOT_TRACK: '1' };
  return [file, [...first, ...args], { cwd: root, env, stdio: ['ignore', 'pipe', 'pipe'] }];
}

/** Runs one npm command; its output is shown only when it fails, which ends the program. */
function npm(title, args) {
  const started = performance.now();
  progress.write(`${title} … `);
  const [file, argv, options] = npmCommand(args);
  const { status, stdout, stderr, error } = spawnSync(file, argv, {
    ...options,
    encoding: 'utf8',
    maxBuffer: 1024 ** 3,
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

const turboArguments = (tasks) => [
  ...['exec', '--', 'turbo', 'run', ...tasks],
  ...['--concurrency=2', '--output-logs=errors-only'],
];

/** Runs turbo tasks; what has not changed since the last time comes from its cache. */
export function turbo(title, tasks) {
  npm(title, turboArguments(tasks));
}

/** {@link turbo} beside something else, without the tasks that these depend on. It does not end the program. */
export async function turboBeside(tasks) {
  const started = performance.now();
  const child = spawn(...npmCommand([...turboArguments(tasks), '--only']));
  let output = '';
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (text) => (output += text));
  const [status] = await once(child, 'close').catch((error) => {
    output += error.message;
    return [1];
  });
  return { status, output, took: seconds(started) };
}
