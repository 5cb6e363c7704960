import {
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { constants, tmpdir } from 'node:os';
import { join } from 'node:path';

import { hasTool } from '@ploop/test-kit';
import { inject, onTestFinished } from 'vitest';

const kernel = inject('kernel');

/** Whether the real tool can mount here, with the stand-in. Tests that need it are skipped without, except with CI=true. */
export const hasKernel: boolean = hasTool && 'library' in kernel;

/** Machine-wide state of a machine that has the driver: what a test sees is its own. */
export interface World {
  /** For the tool: `createRunner({ env })`. */
  readonly env: Readonly<Record<string, string>>;
  /** For reads: `openDisk(path, { roots })`. */
  readonly roots: {
    readonly sys: string;
    readonly proc: string;
    readonly dev: string;
    readonly run: string;
  };
  /** Lets mount(2), umount(2) or the stopping of devices fail from now on, or work again. */
  readonly fault: (call: 'mount' | 'umount' | 'stop', code?: keyof typeof constants.errno) => void;
}

const DIRECTORIES = [
  'balloons',
  'dev',
  'etc',
  'faults',
  'minors',
  'proc/self',
  'proc/vz',
  'run',
  'sys/block',
  'sys/module/ploop/parameters',
  'var/lock',
];

/** The stand-in: a value for LD_PRELOAD. */
export const kernelLibrary: string = 'library' in kernel ? kernel.library : '';

/** A fresh machine with an idle driver, for the running test; removed when it ends. */
export function world(): World {
  const directory = realpathSync(mkdtempSync(join(tmpdir(), 'ploop-world-')));
  onTestFinished(() => {
    rmSync(directory, { recursive: true, force: true });
  });
  return worldIn(directory, kernelLibrary);
}

/** A machine in an empty directory. */
function worldIn(directory: string, library: string): World {
  const at = (path: string): string => join(directory, path);
  for (const name of DIRECTORIES) mkdirSync(at(name), { recursive: true });
  writeFileSync(at('sys/module/ploop/parameters/large_disk_support'), 'Y\n');
  writeFileSync(at('proc/devices'), 'Character devices:\n\nBlock devices:\n182 ploop\n');
  writeFileSync(at('proc/vz/ploop_minor'), '');
  writeFileSync(at('proc/self/mountinfo'), readFileSync('/proc/self/mountinfo'));
  writeFileSync(at('proc/mounts'), readFileSync('/proc/self/mounts'));
  symlinkSync('../mounts', at('proc/self/mounts'));
  symlinkSync('../proc/mounts', at('etc/mtab'));
  return {
    env: { LD_PRELOAD: library, PLOOP_WORLD: directory, PLOOP_SKIP_EXT4_EXTENTS_CHECK: '1' },
    roots: { sys: at('sys'), proc: at('proc'), dev: at('dev'), run: at('run') },
    fault: (call, code) => {
      if (code === undefined) rmSync(at(`faults/${call}`), { force: true });
      else writeFileSync(at(`faults/${call}`), String(constants.errno[code]));
    },
  };
}
