import { constants } from 'node:fs';
import { lstat, open, readdir, realpath } from 'node:fs/promises';
import { dirname, isAbsolute, join, relative, sep } from 'node:path';

import { guidKey, type Diagnostic, type SnapshotGraph } from '@ploop/descriptor';
import {
  compareSnapshots,
  parseContainerConfig,
  parseMachineConfig,
  parseSnapshotList,
  type SavedSnapshot,
  type SnapshotComparison,
} from '@ploop/descriptor/containers';

import type { ConfineRequest } from './confine.ts';

/** What the container or virtual machine around a disk says of it. */
export interface Container {
  /** Absolute path of the list of snapshots. */
  readonly list: string;
  readonly snapshots: readonly SavedSnapshot[];
  /** What is wrong with the list. */
  readonly fault?: Diagnostic | undefined;
  readonly name?: string | undefined;
  readonly hostname?: string | undefined;
  readonly template?: string | undefined;
  /** Keys of the snapshots that have a process dump. */
  readonly dumps: ReadonlySet<string>;
}

const MOST_LIST = 64 * 1024 * 1024;
const MOST_CONFIG = 1024 * 1024;

/**
 * Reads what lies around a disk: the list of snapshots, the names of the container, the dumps. These are fixed names in
 * the directory above the disk, which no descriptor chooses; symlinks there are not followed.
 *
 * @param directory - Real path of the directory of the disk.
 * @returns `undefined` if there is no list of snapshots, or if it is outside a directory that `confine` names.
 */
export async function containerAround(
  directory: string,
  { confine }: ConfineRequest,
): Promise<Container | undefined> {
  const area = dirname(directory);
  if (typeof confine === 'string' && !(await isWithin(confine, area))) return undefined;
  const list = join(area, 'Snapshots.xml');
  const bytes = await contentOf(list, MOST_LIST);
  if (bytes === undefined) return undefined;
  const dumps = await readdir(join(area, 'dump')).catch(() => []);
  return {
    list,
    ...parseSnapshotList(bytes),
    ...(await namesIn(area)),
    dumps: new Set(dumps.map((name) => guidKey(name.slice(0, 38)))),
  };
}

/** What the list lacks, and what only the list has. */
export function comparedWith(container: Container, graph: SnapshotGraph): SnapshotComparison {
  return compareSnapshots(container.snapshots, graph);
}

async function namesIn(area: string): Promise<Pick<Container, 'name' | 'hostname' | 'template'>> {
  const config = await contentOf(join(area, 've.conf'), MOST_CONFIG);
  if (config !== undefined) {
    const { name, hostname, template } = parseContainerConfig(new TextDecoder().decode(config));
    return { name, hostname, template };
  }
  const machine = await contentOf(join(area, 'config.pvs'), MOST_LIST);
  return machine === undefined ? {} : { name: parseMachineConfig(machine).name };
}

async function isWithin(directory: string, path: string): Promise<boolean> {
  const from = relative(await realpath(directory).catch(() => directory), path);
  return from === '' || !(from === '..' || from.startsWith(`..${sep}`) || isAbsolute(from));
}

/** The content of a regular file; `undefined` if it is missing or longer. */
async function contentOf(file: string, most: number): Promise<Uint8Array | undefined> {
  try {
    // A FIFO would wait for a writer when it is opened.
    if (!(await lstat(file)).isFile()) return undefined;
    const handle = await open(file, constants.O_RDONLY | constants.O_NOFOLLOW);
    try {
      const { size } = await handle.stat();
      return size > most ? undefined : await handle.readFile();
    } finally {
      await handle.close();
    }
  } catch {
    return undefined;
  }
}
