import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { buffer } from 'node:stream/consumers';

import { temporaryDirectory } from '@ploop/test-kit';
import { layeredDisk } from '@ploop/test-kit/disks/layered-disk';
import { hasLoop } from '@ploop/test-kit/loop';
import { hasDiskPrograms, systemPath } from '@ploop/test-kit/programs';

import { main } from '../src/main.ts';

const env = { ...process.env, PATH: systemPath, LC_ALL: 'C.UTF-8', TZ: 'UTC' };

/** Whether file systems can be made and mounted here. */
export const canMount = hasLoop && hasDiskPrograms && process.getuid?.() === 0;

/** Runs lines of bash in a directory and returns the bytes that they print. */
export function bash(cwd: string, ...script: readonly string[]): Buffer {
  return execFileSync('bash', ['-ec', script.join('\n')], {
    ...{ cwd, env },
    stdio: ['ignore', 'pipe', 'pipe'],
    maxBuffer: 2 ** 28,
  });
}

/** A ploop disk in three images with an ext4 in which `script` made files, and that file system as a file. */
export async function filesDisk(
  ...script: readonly string[]
): Promise<{ readonly directory: string; readonly disk: string; readonly raw: string }> {
  const directory = await temporaryDirectory();
  bash(
    directory,
    'truncate -s 32M raw; mke2fs -q -t ext4 -N 4000 raw; mkdir mnt; mount -o loop raw mnt',
    'trap "cd ../; umount mnt; rmdir mnt" EXIT; cd mnt; rmdir lost+found',
    ...script,
  );
  const raw = join(directory, 'raw');
  return { directory, raw, disk: await layeredDisk(join(directory, 'root.hdd'), raw) };
}

/** What lines of bash print in the mounted file system. */
export function inMount(raw: string, ...script: readonly string[]): Buffer {
  return bash(
    join(raw, '..'),
    'mkdir -p mnt; mount -o loop,ro raw mnt; trap "cd ../; umount mnt; rmdir mnt" EXIT; cd mnt',
    ...script,
  );
}

/** A run of the program, and all that it wrote to stdout. */
export async function inspect(...argv: readonly string[]) {
  const stdout = new PassThrough();
  const written = buffer(stdout);
  const report = await main(argv, { stdout, stderr: new PassThrough() });
  stdout.end(report.stdout);
  const bytes = await written;
  return { ...report, bytes, stdout: String(bytes) };
}
