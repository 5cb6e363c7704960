import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { onTestFinished } from 'vitest';

import { systemPath } from './programs.ts';

const env = { ...process.env, PATH: systemPath, LC_ALL: 'C' };

/** Why no loop device can be had here, in a few words; `undefined` where one can. */
export const loopProblem: string | undefined = tryLoop();

/** Whether files can be made block devices here. What needs one is tested with a file in its place everywhere as well. */
export const hasLoop: boolean = loopProblem === undefined;

function tryLoop(): string | undefined {
  const directory = mkdtempSync(join(tmpdir(), 'ploop-loop-'));
  const file = join(directory, 'file');
  try {
    writeFileSync(file, 'loop');
    truncateSync(file, 65_536);
    const { status, error, stdout, stderr } = attach(file);
    if (error !== undefined) return error.message;
    if (status !== 0) return stderr.trim().split('\n').at(-1) ?? 'losetup fails';
    const device = stdout.trim();
    try {
      const start = readFileSync(device).toString('latin1', 0, 4);
      return start === 'loop' ? undefined : `${device} does not show its file`;
    } finally {
      detach(device);
    }
  } catch (cause) {
    return cause instanceof Error ? cause.message : String(cause);
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

/** A block device over a file, until the running test ends. */
export function loopDevice(file: string): string {
  const { status, stdout, stderr } = attach(file);
  if (status !== 0) throw new Error(`losetup ${file}: ${stderr}`);
  const device = stdout.trim();
  onTestFinished(() => {
    detach(device);
  });
  return device;
}

/** A block device over a file for as long as `use` takes. */
export async function withLoopDevice(
  file: string,
  use: (device: string) => Promise<void>,
): Promise<void> {
  const { status, stdout, stderr } = attach(file);
  if (status !== 0) throw new Error(`losetup ${file}: ${stderr}`);
  const device = stdout.trim();
  try {
    await use(device);
  } finally {
    detach(device);
  }
}

function attach(file: string) {
  return spawnSync('losetup', ['--find', '--show', file], { env, encoding: 'utf8' });
}

function detach(device: string): void {
  execFileSync('losetup', ['--detach', device], { env, stdio: 'ignore' });
}

/** Mounts something until the running test ends; returns why that does not work, if so. */
export function mounted(...argv: readonly string[]): string | undefined {
  const { status, error, stderr } = spawnSync('mount', argv, { env, encoding: 'utf8' });
  if (error !== undefined) return error.message;
  if (status !== 0) return stderr.trim();
  onTestFinished(() => {
    execFileSync('umount', [argv.at(-1) ?? ''], { env, stdio: 'ignore' });
  });
  return undefined;
}
