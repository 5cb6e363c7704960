import { mkdirSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { join } from 'node:path';

import type { ReadAt } from '@ploop/descriptor/internal';
import { hasLoop } from '@ploop/test-kit/loop';
import { hasDiskPrograms } from '@ploop/test-kit/programs';

import { openFileSystem, type FileSystem } from '../../src/index.ts';
import type { Listed } from './listing.ts';
import { run, runOwn, succeeds } from './programs.ts';

/** Whether file systems can be made and mounted here: as root, with loop devices. */
export const canMount =
  hasLoop && hasDiskPrograms && process.getuid?.() === 0 && succeeds('python3', '-V');

/** Makes a file of zeros that takes no space. */
export async function makeSparse(path: string, size: number): Promise<void> {
  const file = await open(path, 'wx');
  await file.truncate(size);
  await file.close();
}

/** Lets `use` read a file, and fails if that reads beyond its end. */
export async function withReader<Result>(
  path: string,
  use: (readAt: ReadAt, size: number) => Promise<Result>,
): Promise<Result> {
  const file = await open(path, 'r');
  try {
    const { size } = await file.stat();
    return await use(async (target, position) => {
      if (position + target.length > size)
        throw new Error(`a read beyond the end: ${String(position)}`);
      return (await file.read(target, 0, target.length, position)).bytesRead;
    }, size);
  } finally {
    await file.close();
  }
}

/** Lets `use` have the file system in a file. */
export async function withFileSystem<Result>(
  path: string,
  use: (fileSystem: FileSystem) => Promise<Result>,
): Promise<Result> {
  return withReader(path, async (readAt, size) => use(await openFileSystem(readAt, { size })));
}

/** Mounts an image over a device that can be written, as a replay needs it, and lets `use` work in it; `undefined` if the kernel refuses it. */
export function mounted<Result>(
  image: string,
  options: string,
  use: (directory: string) => Result,
  type: 'ext4' | 'xfs' = 'ext4',
): Result | undefined {
  const directory = `${image}.mount`;
  mkdirSync(directory, { recursive: true });
  const device = run('losetup', '--find', '--show', image).trim();
  try {
    if (!succeeds('mount', '-t', type, '-o', options, device, directory)) return undefined;
    try {
      return use(directory);
    } finally {
      run('umount', directory);
    }
  } finally {
    run('losetup', '--detach', device);
  }
}

/** What a kernel shows in a directory. */
export function listedByKernel(directory: string): readonly Listed[] {
  return runOwn('list_tree.py', directory)
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Listed);
}

/** A directory for the source of a file system. */
export function sourceIn(directory: string): string {
  const source = join(directory, 'source');
  mkdirSync(source);
  return source;
}

/** Entries in the order of their paths. */
export function byPath(entries: readonly Listed[]): readonly Listed[] {
  return entries.toSorted((one, other) => (one.path < other.path ? -1 : 1));
}
