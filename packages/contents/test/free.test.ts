import { join } from 'node:path';

import { sample, temporaryDirectory } from '@ploop/test-kit';
import { hasDiskPrograms } from '@ploop/test-kit/programs';
import fc from 'fast-check';
import { expect, test } from 'vitest';

import { canMount, makeSparse, mounted, sourceIn, withFileSystem } from './ext/image.ts';
import { run, runOwn } from './ext/programs.ts';
import { ROWS } from './ext/rows.ts';
import { ROWS as XFS_ROWS } from './xfs/rows.ts';

const MIB = 2 ** 20;

type Range = readonly [position: number, length: number];

async function freeIn(image: string): Promise<readonly Range[]> {
  return withFileSystem(image, async (fileSystem) => {
    const ranges: Range[] = [];
    for await (const { position, length } of fileSystem.free()) ranges.push([position, length]);
    expect(fileSystem.diagnostics()).toEqual([]);
    return ranges;
  });
}

/** Ranges in ascending order, neighbours as one. */
function joined(ranges: readonly Range[]): readonly Range[] {
  const all: Range[] = [];
  for (const [position, length] of ranges.toSorted(([one], [other]) => one - other)) {
    const last = all.at(-1);
    if (last !== undefined && last[0] + last[1] === position)
      all[all.length - 1] = [last[0], last[1] + length];
    else all.push([position, length]);
  }
  return all;
}

/** What dumpe2fs says of each group. */
function freeOfDumpe2fs(image: string): readonly Range[] {
  const text = run('dumpe2fs', image);
  const numberOf = (name: string): number =>
    Number(new RegExp(`^${name}: +(\\d+)$`, 'm').exec(text)?.[1]);
  const [blockSize, blocks] = [numberOf('Block size'), numberOf('Block count')];
  const step = (numberOf('Cluster size') || blockSize) / blockSize;
  return joined(
    [...text.matchAll(/^ {2}Free blocks: (.+)$/gm)].flatMap(([, list = '']) =>
      list.split(', ').map((range): Range => {
        // A range ends with the first block of its last cluster.
        const [first = 0, last = first] = range.split('-').map(Number);
        return [first * blockSize, (Math.min(blocks, last + step) - first) * blockSize];
      }),
    ),
  );
}

test.skipIf(!hasDiskPrograms)('free space of ext is that of dumpe2fs', async () => {
  const tree = fc.record({
    row: fc.constantFrom(...ROWS),
    ...{ seed: fc.nat(), entries: fc.integer({ min: 1, max: 60 }) },
    mebibytes: fc.constantFrom(96, 97, 200),
  });
  await fc.assert(
    fc.asyncProperty(tree, async ({ row, seed, entries, mebibytes }) => {
      const directory = await temporaryDirectory();
      const image = join(directory, 'image');
      await makeSparse(image, mebibytes * MIB + 5120);
      const source = sourceIn(directory);
      runOwn('make_tree.py', source, String(seed), String(entries));
      run('mke2fs', '-q', '-N', '6000', ...row.argv, '-d', source, image);
      expect(await freeIn(image), row.name).toEqual(freeOfDumpe2fs(image));
    }),
    { ...sample('free space of ext', 5), endOnFailure: true },
  );
});

/** Blocks that a group keeps for its trees, which xfs_db counts as free. */
function reservedOf(image: string, group: number): readonly number[] {
  const commands = [`agf ${String(group)}`, 'p flfirst fllast', `agfl ${String(group)}`, 'p bno'];
  const text = run('xfs_db', '-r', ...commands.flatMap((command) => ['-c', command]), image);
  const [, first, last] = /flfirst = (\d+)\nfllast = (\d+)\n/.exec(text) ?? [];
  return [...text.matchAll(/ (\d+):(\d+)/g)]
    .filter(([, index]) => Number(index) >= Number(first) && Number(index) <= Number(last))
    .map(([, , block]) => Number(block));
}

/** What xfs_db says of each group. */
function freeOfXfsDb(image: string): readonly Range[] {
  const facts = run('xfs_db', '-r', '-c', 'sb 0', '-c', 'p blocksize agblocks', image);
  const [blockSize = 0, groupBlocks = 0] = [...facts.matchAll(/= (\d+)/g)].map(([, text]) =>
    Number(text),
  );
  const text = run('xfs_db', '-r', '-c', 'freesp -d', image);
  const rows = [...text.matchAll(/^ *(\d+) +(\d+) +(\d+) *$/gm)].map((row) => row.map(Number));
  const groups = new Set(rows.map(([, group = 0]) => group));
  const reserved = new Set(
    [...groups].flatMap((group) =>
      reservedOf(image, group).map((block) => group * groupBlocks + block),
    ),
  );
  return joined(
    rows.flatMap(([, group = 0, first = 0, count = 0]) => {
      const start = group * groupBlocks + first;
      // Reserved blocks are listed one by one.
      if (count === 1 && reserved.has(start)) return [];
      return [[start * blockSize, count * blockSize] as const];
    }),
  );
}

test.skipIf(!canMount)('free space of XFS is that of xfs_db', async () => {
  const tree = fc.record({
    row: fc.constantFrom(...XFS_ROWS.filter(({ mebibytes }) => mebibytes === undefined)),
    seed: fc.nat(),
  });
  await fc.assert(
    fc.asyncProperty(tree, async ({ row, seed }) => {
      const image = join(await temporaryDirectory(), 'image');
      await makeSparse(image, 320 * MIB);
      run('mkfs.xfs', '-q', ...row.argv, image);
      mounted(
        image,
        'rw',
        (root) => {
          runOwn('make_tree.py', root, String(seed), '30', 'mounted');
          run('python3', '-c', HOLES, root);
        },
        'xfs',
      );
      expect(await freeIn(image), row.name).toEqual(freeOfXfsDb(image));
    }),
    { ...sample('free space of XFS', 3), endOnFailure: true },
  );
});

/** Free space in so many pieces that its tree has several levels. */
const HOLES = `
import os, sys, ctypes
libc = ctypes.CDLL(None)
with open(sys.argv[1] + '/holes', 'wb') as file:
    for at in range(3000):
        file.seek(at * 16384); file.write(b'x' * 16384)
    file.flush(); os.fsync(file.fileno())
    for at in range(0, 3000, 2):
        libc.fallocate(file.fileno(), 3, ctypes.c_long(at * 16384), ctypes.c_long(16384))
`;
