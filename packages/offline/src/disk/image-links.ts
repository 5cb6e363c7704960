import type { BigIntStats } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';

import { diagnostic, type Diagnostic } from '@ploop/descriptor';
import { runAsync, refuseTooManyOpen } from '@ploop/descriptor/internal';
import { inodeKey, linkStatus } from '@ploop/descriptor/node/internal';

/** Names that are looked at for other links of a file: a directory may have millions. */
const MOST_LOOKS = 2_000;

/** The finding about an image whose file has more names than the disk gives it; `undefined` if it has not. */
export async function linkedImage(
  guid: string,
  file: string,
  stats: BigIntStats,
): Promise<Diagnostic | undefined> {
  // A directory has several names of its own.
  if (stats.nlink < 2n || !stats.isFile()) return undefined;
  const others = await otherNames(file, stats);
  return diagnostic('IMAGE_LINKED', { guid, file, links: Number(stats.nlink), others });
}

/**
 * Other names of a file, as far as they are near: beside it, and under the same name in the directories beside its own,
 * where `cp -al`, `rsync --link-dest` and the graph driver of Docker make them. Sorted.
 */
async function otherNames(file: string, stats: BigIntStats): Promise<readonly string[]> {
  const directory = dirname(file);
  const outer = dirname(directory);
  const candidates = [
    ...(await namesIn(directory)).map((name) => join(directory, name)),
    ...(await namesIn(outer)).map((name) => join(outer, name, basename(file))),
  ];
  const key = inodeKey(stats);
  const found: string[] = [];
  for (const candidate of candidates.filter((path) => path !== file)) {
    if (BigInt(found.length) + 1n >= stats.nlink) break;
    if ((await keyAt(candidate)) === key) found.push(candidate);
  }
  return found.sort();
}

async function namesIn(directory: string): Promise<readonly string[]> {
  const names = await readdir(directory).catch((cause: unknown) => {
    refuseTooManyOpen(directory, cause);
    return [];
  });
  return names.slice(0, MOST_LOOKS);
}

async function keyAt(path: string): Promise<string | undefined> {
  return runAsync(linkStatus(path)).then(inodeKey, () => undefined);
}
