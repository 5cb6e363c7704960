import { spawnSync } from 'node:child_process';
import { mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';

import { bytes, NIL_GUID, parseGuid, type Guid } from '@ploop/descriptor';
import { hasTool, temporaryDirectory, testGuid } from '@ploop/test-kit';

import { world } from '../../../ploop/test/kernel/world.ts';
import {
  createRunner,
  type CommandInput,
  type Runner,
  type RunnerOptions,
} from '../../src/index.ts';

export const MIB = 1024 * 1024;

/** The release of the tool of this machine, which each runner would have to ask for with four runs. */
const asked: Pick<RunnerOptions, 'release'> = await ask();

async function ask(): Promise<typeof asked> {
  const release = hasTool ? await createRunner().release() : undefined;
  return release === undefined ? {} : { release };
}

/** The GUID of the snapshot that a test takes as its first, second… */
export function shotGuid(index: number): Guid {
  return parseGuid(testGuid(index)) ?? NIL_GUID;
}

/** A disk that a test made. */
export interface RealDisk {
  readonly directory: string;
  readonly descriptor: string;
  readonly image: string;
}

/** How a run of the tool by hand ended. */
export interface ByHand {
  readonly status: number | null;
  readonly signal: string | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** The tool itself, on a machine with the driver or without. */
export interface Given {
  readonly runner: Runner;
  /** The same, told that the tool is release 1.15. */
  readonly known: Runner;
  /** Runs the tool by hand: what the runner refuses. */
  readonly tool: (...argv: readonly string[]) => ByHand;
  /** Makes a disk of 16 MiB without a file system, and as many snapshots, of which `shotGuid(1)` is the first. */
  readonly disk: (snapshots?: number, more?: Partial<CommandInput<'init'>>) => Promise<RealDisk>;
  /** Makes a directory to mount at. */
  readonly mountPoint: () => Promise<string>;
}

/** Without a driver: all that works on files. */
export function withoutDriver(): Given {
  return givenIn({});
}

/** With a stand-in for the driver of release 1.15. */
export function withDriver(): Given {
  return givenIn(world().env);
}

function givenIn(env: Readonly<Record<string, string>>): Given {
  const runner = createRunner({ env, ...asked });
  const known = createRunner({ env, release: { from: '1.15', to: '1.15' } });
  return {
    runner,
    known,
    tool: (...argv) => {
      const PATH = `${process.env['PATH'] ?? ''}:/usr/sbin:/sbin`;
      const all = { ...process.env, ...env, PATH, LC_ALL: 'C', PLOOP_PAD: 'x'.repeat(8192) };
      return spawnSync('ploop', argv, {
        env: all,
        encoding: 'utf8',
        stdio: ['ignore', 'pipe', 'pipe'],
      });
    },
    disk: async (snapshots = 0, more = {}) => {
      const directory = await temporaryDirectory('ploop real-');
      const image = join(directory, 'root.hdd');
      await runner.init({ path: image, size: bytes(16 * MIB), fileSystem: 'none', ...more });
      const descriptor = join(dirname(image), 'DiskDescriptor.xml');
      for (let index = 1; index <= snapshots; index++)
        await runner.snapshot({ descriptor, guid: shotGuid(index) });
      return { directory, descriptor, image };
    },
    mountPoint: async () => {
      const directory = join(await temporaryDirectory(), 'mount point');
      await mkdir(directory);
      return directory;
    },
  };
}

/** What one command is tried with. */
export interface RealCase {
  readonly title: string;
  /** Which machine it needs. */
  readonly on: 'any' | 'driver';
  readonly kind: 'success' | 'failure';
  readonly act: (given: Given) => Promise<void>;
}

type Act = RealCase['act'];

/** A case that works without a driver. */
export function works(title: string, act: Act): RealCase {
  return { title, on: 'any', kind: 'success', act };
}

/** A case that works with a driver. */
export function worksMounted(title: string, act: Act): RealCase {
  return { title, on: 'driver', kind: 'success', act };
}

/** A case that fails without a driver. */
export function fails(title: string, act: Act): RealCase {
  return { title, on: 'any', kind: 'failure', act };
}

/** A case that fails with a driver. */
export function failsMounted(title: string, act: Act): RealCase {
  return { title, on: 'driver', kind: 'failure', act };
}
