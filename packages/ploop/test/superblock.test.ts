import { execFileSync } from 'node:child_process';
import { copyFile, open, truncate } from 'node:fs/promises';
import { join } from 'node:path';

import { hasTool, temporaryDirectory } from '@ploop/test-kit';
import { hasCompiler, largeDiskSupport } from '@ploop/test-kit/preloads';
import { hasDiskPrograms, systemPath } from '@ploop/test-kit/programs';
import { hasQemu, qemuImg, qemuIo } from '@ploop/test-kit/qemu';
import { describe, expect, test } from 'vitest';

import { createDisk, createRunner, openDiskSync, type Disk, type FsInfo } from '../src/index.ts';
import { ASKED } from './asked.ts';

const MIB = 2 ** 20;
/** Where the tool puts its partition. */
const START = MIB;
const SIZES = { ext4: 64 * MIB, xfs: 320 * MIB };
type Type = keyof typeof SIZES;

function run(program: string, ...argv: readonly string[]): string {
  const env = { ...process.env, PATH: systemPath };
  return execFileSync(program, argv, {
    env,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  });
}

/** A bare disk with one partition, as the tool makes them, and a file system in it: two that differ in what is free. */
async function bareDisk(type: Type, directory: string, label: 'first' | 'second'): Promise<string> {
  const size = SIZES[type];
  const path = join(directory, `${label}.raw`);
  const alone = join(directory, `${label}.${type}`);
  for (const [file, bytes] of [
    [path, size],
    [alone, size - 2 * MIB],
  ] as const) {
    await copyFile('/dev/null', file);
    await truncate(file, bytes);
  }
  const isFirst = label === 'first';
  if (type === 'ext4') run('mke2fs', '-qF', '-t', type, '-N', isFirst ? '1024' : '4096', alone);
  else run('mkfs.xfs', '-q', '-f', '-d', `agcount=${isFirst ? '4' : '2'}`, alone);
  run('sgdisk', '-n', `1:${String(START / 512)}:0`, path);
  const seek = `seek=${String(START / MIB)}`;
  run('dd', `if=${alone}`, `of=${path}`, 'bs=1M', seek, 'conv=sparse,notrunc');
  return path;
}

/** What the programs of a file system say of it. */
function said(type: Type, directory: string, label: string): Partial<FsInfo> {
  const file = join(directory, `${label}.${type}`);
  const isExt = type === 'ext4';
  const text = isExt
    ? run('dumpe2fs', '-h', file)
    : run('xfs_db', '-r', '-c', 'sb 0', '-c', 'p blocksize dblocks fdblocks icount ifree', file);
  const names = isExt
    ? ['Block size:', 'Block count:', 'Free blocks:', 'Inode count:', 'Free inodes:']
    : ['blocksize =', 'dblocks =', 'fdblocks =', 'icount =', 'ifree ='];
  const [blockSize, blocks, blocksFree, inodes, inodesFree] = names.map((name) =>
    Number(new RegExp(`^${name}\\s+(\\d+)$`, 'm').exec(text)?.[1]),
  );
  return { blockSize, blocks, blocksFree, inodes, inodesFree } as Partial<FsInfo>;
}

/** What both forms tell, uncached and cached, which must be one thing. */
async function told(disk: Disk): Promise<FsInfo> {
  const info = await disk.fsInfo();
  expect(disk.fsInfoSync()).toEqual(info);
  expect(openDiskSync(disk.descriptorPath, { cache: false }).fsInfoSync()).toEqual(info);
  return info;
}

/** 1.15 takes the mark that QEMU leaves for in use. */
async function markClosed(image: string): Promise<void> {
  const handle = await open(image, 'r+');
  await handle.write(Buffer.alloc(4), 0, 4, 44).finally(() => handle.close());
}

const SMALL = 32 * 1024;
const LAYOUTS = {
  ext4: [
    { version: 2 },
    { version: 1, clusterSize: SMALL },
    { version: 2, clusterSize: 16 * MIB },
    { format: 'preallocated' },
    { format: 'raw' },
  ],
  xfs: [{ version: 1 }, { version: 2, format: 'preallocated' }, { format: 'raw' }],
} as const;

describe.skipIf(!hasTool || !hasQemu || !hasDiskPrograms || !hasCompiler)('both forms read', () => {
  test.each(['ext4', 'xfs'] as const)('the superblock of %s through any chain', async (type) => {
    const directory = await temporaryDirectory();
    const env = { LD_PRELOAD: largeDiskSupport(directory) };
    const bare = await bareDisk(type, directory, 'first');
    const other = await bareDisk(type, directory, 'second');
    await truncate(other, 4 * MIB);
    const [first, second] = [said(type, directory, 'first'), said(type, directory, 'second')];
    expect(first).not.toEqual(second);
    for (const options of LAYOUTS[type]) {
      const path = join(await temporaryDirectory(), 'root.hdd');
      const runner = createRunner({ env, ...ASKED });
      const size = SIZES[type];
      const disk = await createDisk({ path, size, fileSystem: 'none', runner, ...options });
      const isRaw = 'format' in options && options.format === 'raw';
      const format = isRaw ? 'raw' : 'parallels';
      await qemuImg('convert', '-n', '-f', 'raw', '-O', format, bare, path);
      expect(await told(disk)).toMatchObject({ ...first, source: 'superblock', stale: false });

      if (!isRaw) await markClosed(path);
      await disk.snapshot();
      expect(await told(disk)).toMatchObject(first);

      // The superblock comes from the top now, the rest from the base.
      await qemuIo(await disk.topDelta(), [`write -s ${other} 0 ${String(4 * MIB)}`]);
      expect(await told(disk)).toMatchObject(second);
    }
  });

  test('that there is none', async () => {
    const path = join(await temporaryDirectory(), 'root.hdd');
    const disk = await createDisk({ path, size: 8 * MIB, fileSystem: 'none' });
    await expect(disk.fsInfo()).rejects.toMatchObject({ code: 'FILE_SYSTEM_UNKNOWN' });
    expect(() => disk.fsInfoSync()).toThrow(
      expect.objectContaining({ code: 'FILE_SYSTEM_UNKNOWN' }),
    );
  });
});
