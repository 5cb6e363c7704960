import { writeFileSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { join } from 'node:path';

import { temporaryDirectory } from '@ploop/test-kit';
import { hasDiskPrograms } from '@ploop/test-kit/programs';
import { expect, test } from 'vitest';

import { withFileSystem } from '../ext/image.ts';
import { inDb, madeXfs } from './image.ts';

/*
 * mkfs.xfs makes files of few extents, and no kernel here writes version 4. So the tree of a file is written by hand, and
 * xfs_db shows whether it is one.
 */

const BLOCK = 1024;
const BLOCKS = 800;
const EXTENTS = BLOCKS / 2;
const IN_LEAF = Math.floor((BLOCK - 24) / 16);
const FORK = { at: 100, most: Math.floor((512 - 100 - 4) / 16) };
const NODE_MOST = IN_LEAF;

test.skipIf(!hasDiskPrograms)('version 4: a tree of extents of two levels', async () => {
  const directory = await temporaryDirectory();
  const content = Uint8Array.from(
    { length: BLOCKS * BLOCK },
    (_, at) => (at * 31 + (at >> 10)) % 251,
  );
  writeFileSync(join(directory, 'content'), content);
  const prototype = join(directory, 'prototype');
  const file = `file ---644 0 0 ${join(directory, 'content')}`;
  writeFileSync(prototype, `/none\n0 0\nd--755 0 0\n${file}\n$\n`);
  const argv = ['-b', 'size=1024', '-i', 'size=512', '-d', 'agcount=4', '-p', prototype];
  const image = await madeXfs('-m', 'crc=0', ...argv);
  const shown = inDb(image, 'path /file', 'print u', 'daddr');
  const first = Number(/\[0,(\d+),800,0\]/.exec(shown)?.[1]);
  const inodeAt = Number(/daddr is (\d+)/.exec(shown)?.[1]) * 512;
  await writeTree(image, inodeAt, first);

  // Every other block is a hole, and the others are stored in the opposite order.
  const expected = new Uint8Array(content.length);
  const blockAt = (index: number): number => BLOCKS - 1 - index;
  for (let index = 0; index < EXTENTS; index += 1) {
    const from = blockAt(index) * BLOCK;
    expected.set(content.subarray(from, from + BLOCK), index * 2 * BLOCK);
  }
  const places = inDb(image, 'path /file', 'bmap').matchAll(/offset (\d+) startblock (\d+)/g);
  expect([...places].map(([, offset, block]) => [Number(offset), Number(block)])).toEqual(
    Array.from({ length: EXTENTS }, (_, index) => [index * 2, first + blockAt(index)]),
  );
  await withFileSystem(image, async (fileSystem) => {
    const opened = await fileSystem.open('/file');
    expect(Buffer.compare(await opened.read(0, opened.size), expected)).toBe(0);
    expect(fileSystem.diagnostics()).toEqual([]);
  });
});

/** Puts leaves and a node into the last blocks of the first group, and their root into the inode. */
async function writeTree(image: string, inodeAt: number, first: number): Promise<void> {
  const groupBlocks = (300 * 2 ** 20) / BLOCK / 4;
  const leaves = Math.ceil(EXTENTS / IN_LEAF);
  const placeOf = (index: number): number => groupBlocks - 1 - index;
  const file = await open(image, 'r+');
  try {
    const node = treeBlock(1, leaves);
    for (let leaf = 0; leaf < leaves; leaf += 1) {
      const count = Math.min(IN_LEAF, EXTENTS - leaf * IN_LEAF);
      const block = treeBlock(0, count);
      if (leaf > 0) block.setBigUint64(8, BigInt(placeOf(leaf - 1)));
      if (leaf + 1 < leaves) block.setBigUint64(16, BigInt(placeOf(leaf + 1)));
      for (let index = 0; index < count; index += 1) {
        const extent = leaf * IN_LEAF + index;
        const place = BigInt(first + BLOCKS - 1 - extent);
        block.setBigUint64(24 + index * 16, BigInt(extent * 2) << 9n);
        block.setBigUint64(32 + index * 16, (place << 21n) | 1n);
      }
      await file.write(block, 0, BLOCK, placeOf(leaf) * BLOCK);
      node.setBigUint64(24 + leaf * 8, BigInt(leaf * IN_LEAF * 2));
      node.setBigUint64(24 + (NODE_MOST + leaf) * 8, BigInt(placeOf(leaf)));
    }
    await file.write(node, 0, BLOCK, placeOf(leaves) * BLOCK);
    const root = new DataView(new ArrayBuffer(512 - FORK.at));
    root.setUint16(0, 2);
    root.setUint16(2, 1);
    root.setBigUint64(4 + FORK.most * 8, BigInt(placeOf(leaves)));
    await file.write(root, 0, root.byteLength, inodeAt + FORK.at);
    await file.write(Uint8Array.of(3), 0, 1, inodeAt + 5);
    await file.write(Uint8Array.of(0, 0, EXTENTS >> 8, EXTENTS & 0xff), 0, 4, inodeAt + 76);
  } finally {
    await file.close();
  }
}

function treeBlock(level: number, count: number): DataView {
  const block = new DataView(new ArrayBuffer(BLOCK));
  block.setUint32(0, 0x424d4150);
  block.setUint16(4, level);
  block.setUint16(6, count);
  block.setBigInt64(8, -1n);
  block.setBigInt64(16, -1n);
  return block;
}
