import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';

import { temporaryDirectory } from '@ploop/test-kit';

import { createDisk, createRunner, type Disk, type Runner } from '../src/index.ts';
import { ASKED } from './asked.ts';
import { world, type World } from './kernel/world.ts';

const MIB = 2 ** 20;

/** A disk, and a machine of its own that it can be mounted on. */
export interface Machine extends World {
  readonly runner: Runner;
  readonly disk: Disk;
  readonly directory: string;
  /** An empty directory to mount it at. */
  readonly target: string;
}

/** A disk of 64 MiB without file system, which is made faster; or of 384 MiB with one. */
export async function machine(fileSystem: 'none' | 'ext4' = 'none'): Promise<Machine> {
  const made = world();
  const runner = createRunner({ env: made.env, ...ASKED });
  const directory = await temporaryDirectory();
  const target = join(directory, 'mount point');
  await mkdir(target);
  const size = fileSystem === 'none' ? 64 * MIB : 384 * MIB;
  const path = join(directory, 'root.hdd');
  const disk = await createDisk({ path, size, fileSystem, runner, roots: made.roots });
  return { ...made, runner, disk, directory, target };
}
