import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

import { temporaryDirectory } from '@ploop/test-kit';
import { layeredDisk } from '@ploop/test-kit/disks/layered-disk';
import { expect, test } from 'vitest';

import { canMount, makeSparse, mounted } from '../../contents/test/ext/image.ts';
import { run } from '../../contents/test/ext/programs.ts';
import { compactSpace } from '../src/index.ts';

const MIB = 2 ** 20;
const CLUSTER = 65_536;
const LEVELS = 3;
/** Writes 40 MiB and removes most of it, so that clusters stay which nothing uses. */
const WORK = `
import os, sys
root = sys.argv[1]
for number in range(40):
    with open(f'{root}/file{number}', 'wb') as file:
        file.write(os.urandom(1 << 20)); file.flush(); os.fsync(file.fileno())
for number in range(40):
    if number % 5: os.unlink(f'{root}/file{number}')
`;

/** Bytes of free space by dumpe2fs, a cluster each. */
function freeClusters(image: string, start: number): ReadonlySet<number> {
  const text = run('dumpe2fs', image);
  const blockSize = Number(/^Block size: +(\d+)$/m.exec(text)?.[1]);
  const free = new Set<number>();
  for (const [, list = ''] of text.matchAll(/^ {2}Free blocks: (.+)$/gm))
    for (const range of list.split(', ')) {
      const [first = 0, last = first] = range.split('-').map(Number);
      for (let block = first; block <= last; block += 1) free.add(block);
    }
  const perCluster = CLUSTER / blockSize;
  const whole = new Set<number>();
  for (const block of free) {
    if (block % perCluster !== 0) continue;
    const all = Array.from({ length: perCluster }, (_, index) => block + index);
    if (all.every((one) => free.has(one))) whole.add((start + block * blockSize) / CLUSTER);
  }
  return whole;
}

test.skipIf(!canMount).each([false, true])(
  'what the guest has freed and each image holds, with a partition table: %s',
  async (hasTable) => {
    const directory = await temporaryDirectory();
    const [image, raw] = [join(directory, 'image'), join(directory, 'raw')];
    await makeSparse(image, 64 * MIB);
    run('mke2fs', '-q', '-t', 'ext4', '-b', '4096', '-L', 'root', image);
    mounted(image, 'rw', (root) => run('python3', '-c', WORK, root));
    const start = hasTable ? MIB : 0;
    await makeSparse(raw, 66 * MIB);
    if (hasTable) run('sgdisk', '-n', '1:2048:+64M', raw);
    run('dd', `if=${image}`, `of=${raw}`, 'bs=1M', `seek=${String(start / MIB)}`, 'conv=notrunc');
    const disk = await layeredDisk(join(directory, 'root.hdd'), raw, LEVELS);

    const content = await readFile(raw);
    const held = Array.from({ length: LEVELS }, () => ({ held: 0, shown: 0 }));
    for (const cluster of freeClusters(image, start)) {
      const bytes = content.subarray(cluster * CLUSTER, (cluster + 1) * CLUSTER);
      if (bytes.every((byte) => byte === 0)) continue;
      const newest = (cluster * 7) % LEVELS;
      for (const [level, sums] of held.entries()) {
        if (level === newest) sums.shown += CLUSTER;
        if (level === newest || (level < newest && cluster % 3 !== 0)) sums.held += CLUSTER;
      }
    }
    const space = await compactSpace(disk);
    expect(space.images.map(({ held, shown }) => ({ held, shown }))).toEqual(held);
    expect(space.held).toBe(held.reduce((sum, one) => sum + one.held, 0));
    expect(space.returned).toBe(held.at(-1)?.held);
    expect(space.returned).toBeGreaterThan(MIB);
    expect(space.fileSystems).toMatchObject([
      { partition: hasTable ? 1 : undefined, type: 'ext4', label: 'root', start },
    ]);
    expect(space.diagnostics).toEqual([]);
  },
);
