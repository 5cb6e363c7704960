import { createHash } from 'node:crypto';
import { lstatSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';

import { imageList } from '@ploop/descriptor';
import { loadDescriptor } from '@ploop/descriptor/node';
import { qemuImg, qemuName } from '@ploop/test-kit/qemu';

/** Data lies in the first clusters of a disk alone, of 128 KiB at most. */
const QEMU_RANGE = ['bs=65536', 'count=32'];

/** What the files under a directory take, each counted once, the descriptor left out. */
export function bytesIn(directory: string, seen = new Set<bigint>()): number {
  let bytes = 0;
  for (const name of readdirSync(directory)) {
    if (name.startsWith('DiskDescriptor')) continue;
    const path = join(directory, name);
    const stats = lstatSync(path, { bigint: true });
    if (stats.isDirectory()) bytes += bytesIn(path, seen);
    else if (!seen.has(stats.ino)) {
      seen.add(stats.ino);
      bytes += Number(stats.size);
    }
  }
  return bytes;
}

/** What QEMU reads of each state, by GUID; absent for those that it cannot read. */
export async function hashes(directory: string): Promise<ReadonlyMap<string, string>> {
  const { graph } = await loadDescriptor(directory);
  const found = new Map<string, string>();
  for (const { guid } of graph?.nodes ?? []) {
    const images = graph === undefined ? [] : imageList(graph, guid).images;
    const files = images.map(({ file }) => join(directory, file));
    const target = join(directory, '..', 'state.raw');
    try {
      const name = await qemuName(files);
      await qemuImg('dd', '-O', 'raw', ...QEMU_RANGE, `if=${name}`, `of=${target}`);
      found.set(guid, createHash('sha256').update(readFileSync(target)).digest('hex'));
    } catch {
      // An image that QEMU does not open.
    } finally {
      rmSync(target, { force: true });
    }
  }
  return found;
}
