import { execFileSync, spawnSync } from 'node:child_process';
import { join } from 'node:path';

import { systemPath } from '@ploop/test-kit/programs';

const env = { ...process.env, PATH: systemPath, LC_ALL: 'C.UTF-8' };
const MOST_OUTPUT = 2 ** 30;

/** Runs a program of the system and returns what it prints. */
export function run(program: string, ...argv: readonly string[]): string {
  return execFileSync(program, argv, {
    env,
    encoding: 'utf8',
    stdio: 'pipe',
    maxBuffer: MOST_OUTPUT,
  });
}

/** Whether a program ends with 0. */
export function succeeds(program: string, ...argv: readonly string[]): boolean {
  return spawnSync(program, argv, { env, stdio: 'ignore' }).status === 0;
}

/** Runs one of the programs of these tests. */
export function runOwn(name: string, ...argv: readonly string[]): string {
  return run('python3', join(import.meta.dirname, '..', 'programs', name), ...argv);
}
