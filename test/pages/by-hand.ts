import { spawnSync } from 'node:child_process';

import { systemPath } from '../../packages/test-kit/src/programs.ts';
import type { Disk } from './disk.ts';

/** A descriptor of a raw disk. */
export function plain(xml: string): string {
  return xml.replaceAll('Compressed', 'Plain');
}

/** Runs lines of shell in the directory of a disk. */
export function inShell({ directory }: Disk, ...lines: readonly string[]): void {
  const env = { ...process.env, PATH: systemPath };
  const { status, stderr } = spawnSync('sh', ['-ec', lines.join('\n')], {
    ...{ cwd: directory, env },
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(`${lines.join('; ')}: ${stderr}`);
}

/** The number of the top among the images of a disk. */
export function topOf({ shape }: Disk): number {
  return shape.files.length - 1;
}
