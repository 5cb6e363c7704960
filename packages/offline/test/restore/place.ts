import type { Stats } from 'node:fs';
import { copyFile, lstat, mkdir, readdir, readFile, readlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { descriptorXml, imageBytes, temporaryDirectory, testGuid } from '@ploop/test-kit';

import { backupSet, type BackupSet } from '../../src/index.ts';

const CLUSTERS = 8;

/** A disk, and its files at another place, where others have something as well. */
export interface Place {
  /** Holds all of it. */
  readonly root: string;
  readonly disk: string;
  readonly target: string;
  /** A file of somebody else. */
  readonly precious: string;
  readonly set: BackupSet;
}

/** A disk of three images that was backed up without its top, and the copies of the files. */
export async function copiedBackup(): Promise<Place> {
  const root = await temporaryDirectory();
  const [disk, target] = [join(root, 'disk'), join(root, 'target')];
  for (const directory of [disk, target]) await mkdir(directory);
  const xml = descriptorXml([{}, { parent: 0 }, { parent: 1 }], { blockSize: '64', size: '512' });
  await writeFile(join(disk, 'DiskDescriptor.xml'), xml);
  // Two files of one size.
  const tables = [
    [1, 2],
    [0, 2, 1],
    [0, 0, 1],
  ];
  for (const [level, bat] of tables.entries())
    await writeFile(join(disk, `d${String(level)}`), imageBytes({ clusters: CLUSTERS }, bat, 2));
  const set = await backupSet(disk, testGuid(1));
  for (const { name, source } of set.files) await copyFile(source, join(target, name));
  const precious = join(root, 'precious');
  await writeFile(precious, 'precious');
  return { root, disk, target, precious, set };
}

/** All that is in a directory, by its path: what it is, and its content. */
export async function treeOf(directory: string): Promise<Readonly<Record<string, string>>> {
  const tree: Record<string, string> = {};
  for (const name of await readdir(directory)) {
    const path = join(directory, name);
    const stats = await lstat(path);
    tree[name] = `${String(stats.mode)} ${await contentOf(path, stats)}`;
    if (!stats.isDirectory()) continue;
    for (const [below, entry] of Object.entries(await treeOf(path)))
      tree[`${name}/${below}`] = entry;
  }
  return tree;
}

async function contentOf(path: string, stats: Stats): Promise<string> {
  if (stats.isFile()) return (await readFile(path)).toString('base64');
  return stats.isSymbolicLink() ? readlink(path) : '';
}
