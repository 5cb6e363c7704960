import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';

/** The stand-in for the ploop driver: a library to preload, or why there is none. */
export type Kernel = { readonly library: string } | { readonly problem: string };

const FLAGS = ['-std=gnu11', '-Wall', '-Wextra', '-Werror', '-O1', '-shared', '-fPIC'];

/** Builds the stand-in into a directory with the C compiler of this machine, `cc`, and the headers of libploop. */
export function buildKernel(directory: string): Kernel {
  const library = join(directory, 'ploop-kernel.so');
  const sources = readdirSync(import.meta.dirname)
    .filter((name) => name.endsWith('.c'))
    .map((name) => join(import.meta.dirname, name));
  const argv = [...FLAGS, '-o', library, ...sources];
  const { status, error, stderr } = spawnSync('cc', argv, { encoding: 'utf8' });
  if (error !== undefined) return { problem: error.message };
  return status === 0 ? { library } : { problem: stderr.trim().split('\n').slice(0, 5).join('\n') };
}
