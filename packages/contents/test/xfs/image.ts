import { join } from 'node:path';

import { temporaryDirectory } from '@ploop/test-kit';

import { makeSparse, mounted } from '../ext/image.ts';
import { run } from '../ext/programs.ts';

const MIB = 2 ** 20;

/** The smallest file system of XFS that mkfs.xfs makes, empty. */
export async function madeXfs(...argv: readonly string[]): Promise<string> {
  const image = join(await temporaryDirectory(), 'image');
  await makeSparse(image, 300 * MIB);
  run('mkfs.xfs', '-q', ...argv, image);
  return image;
}

/** Runs a program of Python in the mounted file system, whose root is `root`. */
export function filled(image: string, program: string): string {
  mounted(
    image,
    'rw',
    (root) => run('python3', '-c', `import os, sys\nroot = sys.argv[1]\n${program}`, root),
    'xfs',
  );
  return image;
}

/** Runs commands of xfs_db, which may write; returns what it prints. */
export function inDb(image: string, ...commands: readonly string[]): string {
  return run('xfs_db', '-x', ...commands.flatMap((command) => ['-c', command]), image);
}
