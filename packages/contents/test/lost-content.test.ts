import { copyFile } from 'node:fs/promises';
import { join } from 'node:path';

import { bytes } from '@ploop/descriptor';
import { readerOf, runAsync } from '@ploop/descriptor/internal';
import { sample, temporaryDirectory } from '@ploop/test-kit';
import { makeSparse, patch, run, withReader } from '@ploop/test-kit/disks/sparse-file';
import { hasDiskPrograms } from '@ploop/test-kit/programs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { contentOn } from '../src/identify/identify.ts';

const MIB = 2 ** 20;

async function codesOf(path: string, size: number): Promise<readonly string[]> {
  const { diagnostics } = await withReader(path, (readAt) =>
    runAsync(contentOn(readerOf({ readAt }), bytes(size), { search: true })),
  );
  return diagnostics.map(({ code }) => code).filter((code) => code !== 'FILE_SYSTEM_UNCLEAN');
}

async function disk(mib: number): Promise<string> {
  const path = join(await temporaryDirectory(), 'disk');
  await makeSparse(path, mib * MIB);
  return path;
}

const zeros = (path: string, at: number, length: number): Promise<void> =>
  patch(path, at, new Uint8Array(length));

const file = fc.record({
  type: fc.constantFrom('ext2', 'ext3', 'ext4'),
  blockSize: fc.constantFrom(1024, 2048, 4096),
  features: fc.constantFrom('', 'metadata_csum', '^metadata_csum', '64bit'),
  start: fc.constantFrom(0, 1, 8),
});

describe.skipIf(!hasDiskPrograms)('what shows that something was there', () => {
  test('copies of ext superblocks, on the whole disk and in a partition', async () => {
    await fc.assert(
      fc.asyncProperty(file, async ({ type, blockSize, features, start }) => {
        // Room for the second block group, whatever the block size.
        const path = await disk(160 + start);
        if (start > 0) run('sgdisk', ['-n', `1:${String(start * 2048)}:0`, path]);
        const extra = type === 'ext4' && features !== '' ? ['-O', features] : [];
        const place = ['-E', `offset=${String(start * MIB)}`, '-b', String(blockSize)];
        run('mke2fs', ['-q', '-F', '-t', type, ...place, ...extra, path, '158M']);
        const size = (160 + start) * MIB;
        expect(await codesOf(path, size)).toEqual([]);
        await zeros(path, start * MIB, 64 * 1024);
        expect(await codesOf(path, size)).toEqual(['SUPERBLOCK_LOST']);
      }),
      sample('lost superblocks of ext', 6),
    );
  });

  test('copies of XFS superblocks', async () => {
    for (const start of [0, 1]) {
      const size = (320 + 2 * start) * MIB;
      const path = await disk(320 + 2 * start);
      if (start > 0) run('sgdisk', ['-n', '1:2048:+320M', path]);
      const made = `${path}.xfs`;
      await makeSparse(made, 320 * MIB);
      run('mkfs.xfs', ['-q', '-f', made]);
      run('dd', [
        `if=${made}`,
        `of=${path}`,
        'bs=1M',
        `seek=${String(start)}`,
        'conv=notrunc,sparse',
      ]);
      expect(await codesOf(path, size)).toEqual([]);
      await zeros(path, start * MIB, 4096);
      expect(await codesOf(path, size)).toEqual(['SUPERBLOCK_LOST']);
    }
  });

  test.each([
    ['bigalloc', 320, ['mke2fs', '-t', 'ext4', '-b', '1024', '-O', 'bigalloc']],
    [
      'bigalloc with clusters of 8 KiB',
      600,
      ['mke2fs', '-t', 'ext4', '-O', 'bigalloc', '-C', '8192'],
    ],
    ['sparse_super2', 600, ['mke2fs', '-t', 'ext4', '-O', 'sparse_super2,^resize_inode']],
    ['one copy', 600, ['mke2fs', '-t', 'ext4', '-O', 'sparse_super2', '-E', 'num_backup_sb=1']],
    ['small groups', 300, ['mke2fs', '-t', 'ext4', '-b', '4096', '-g', '8192']],
    ['XFS of 3 groups', 400, ['mkfs.xfs', '-d', 'agcount=3']],
    ['XFS of 7 groups', 700, ['mkfs.xfs', '-d', 'agcount=7']],
    ['XFS on a stripe', 600, ['mkfs.xfs', '-d', 'su=65536,sw=4']],
    ['XFS with groups of 70 MiB', 655, ['mkfs.xfs', '-d', 'agsize=73400320', '-l', 'size=64m']],
    ['XFS of blocks of 1 KiB', 410, ['mkfs.xfs', '-b', 'size=1024', '-d', 'agcount=5']],
  ])('copies of superblocks: %s', async (_, mib, [program = '', ...args]) => {
    const path = await disk(mib);
    run(program, ['-q', ...args, path]);
    expect(await codesOf(path, mib * MIB)).toEqual([]);
    await zeros(path, 0, 64 * 1024);
    expect(await codesOf(path, mib * MIB)).toEqual(['SUPERBLOCK_LOST']);
  });

  test('copies of XFS superblocks in a file system that has grown', async () => {
    const path = await disk(320);
    run('mkfs.xfs', ['-q', path]);
    // What xfs_growfs leaves: the groups have the size that they had.
    await patch(path, 511 * MIB, new Uint8Array(MIB));
    await zeros(path, 0, 64 * 1024);
    expect(await codesOf(path, 512 * MIB)).toEqual(['SUPERBLOCK_LOST']);
  });

  test('the copy of a GPT, and a file system where the first partition began', async () => {
    const path = await disk(64);
    run('sgdisk', ['-n', '1:2048:0', path]);
    await zeros(path, 0, 34 * 512);
    expect(await codesOf(path, 64 * MIB)).toEqual(['PARTITION_TABLE_LOST']);
    for (const sector of [63, 2048]) {
      const other = await disk(64);
      run('sfdisk', ['-q', other], `label: dos\nstart=${String(sector)}, size=100000\n`);
      run('mke2fs', ['-q', '-F', '-E', `offset=${String(sector * 512)}`, other, '40M']);
      expect(await codesOf(other, 64 * MIB)).toEqual([]);
      // The signature stays, or the whole record goes.
      const whole = `${other}.whole`;
      await copyFile(other, whole);
      await zeros(other, 446, 64);
      expect(await codesOf(other, 64 * MIB)).toEqual(['PARTITION_TABLE_LOST']);
      await zeros(whole, 0, 512);
      expect(await codesOf(whole, 64 * MIB)).toEqual(['PARTITION_TABLE_LOST']);
    }
  });

  test('disks that simply have none', async () => {
    const empty = await disk(160);
    expect(await codesOf(empty, 160 * MIB)).toEqual([]);
    const labelled = await disk(160);
    run('sfdisk', ['-q', labelled], 'label: dos\n');
    expect(await codesOf(labelled, 160 * MIB)).toEqual([]);
    const table = await disk(160);
    run('sgdisk', ['-o', table]);
    expect(await codesOf(table, 160 * MIB)).toEqual([]);
    await zeros(table, 0, 34 * 512);
    expect(await codesOf(table, 160 * MIB)).toEqual([]);
    const unused = await disk(160);
    run('sgdisk', ['-n', '1:2048:0', unused]);
    expect(await codesOf(unused, 160 * MIB)).toEqual([]);
    const small = await disk(4);
    run('mke2fs', ['-q', '-F', small, '4M']);
    await zeros(small, 0, 2048);
    expect(await codesOf(small, 4 * MIB)).toEqual([]);
  });

  test('a disk that got another content has lost nothing', async () => {
    const path = await disk(160);
    run('sgdisk', ['-n', '1:2048:0', path]);
    run('mke2fs', ['-q', '-F', '-t', 'ext4', path, '160M']);
    expect(await codesOf(path, 160 * MIB)).toEqual([]);
    run('mkswap', ['-q', path]);
    expect(await codesOf(path, 160 * MIB)).toEqual([]);
    const noise = await disk(160);
    const random = Buffer.from(Array.from({ length: MIB }, (_, index) => (index * 7919) >> 5));
    for (let at = 0; at < 160; at += 8) await patch(noise, at * MIB, random);
    expect(await codesOf(noise, 160 * MIB)).toEqual([]);
  });
});
