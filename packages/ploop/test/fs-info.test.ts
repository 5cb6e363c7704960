import { statfsSync } from 'node:fs';
import { appendFile, mkdir, rm, truncate, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { descriptorXml, temporaryDirectory } from '@ploop/test-kit';
import { expect, test } from 'vitest';

import { openDisk, type Disk, type FsInfo } from '../src/index.ts';
import { imageBytes } from './header.ts';
import { blockDeviceTree, kernel, mountinfo, type Kernel } from './kernel-tree.ts';

const MIB = 2 ** 20;
const CHAIN = descriptorXml([{ file: 'root.hdd' }, { parent: 0, file: 'root.hdd.{1}' }]);

function statfsBytes(...numbers: readonly number[]): Buffer {
  const bytes = Buffer.alloc(numbers.length * 8);
  for (const [index, number] of numbers.entries())
    bytes.writeBigUInt64LE(BigInt(number), index * 8);
  return bytes;
}

const NOTED = statfsBytes(4096, 16_000, 15_000, 4_000, 3_900);
const TOLD = {
  blockSize: 4096,
  blocks: 16_000,
  blocksFree: 15_000,
  inodes: 4_000,
  inodesFree: 3_900,
  source: '.statfs',
};

interface Setup extends Kernel {
  readonly disk: Disk;
  readonly directory: string;
  readonly images: readonly [string, string];
}

async function setup(xml = CHAIN): Promise<Setup> {
  const directory = await temporaryDirectory();
  const images = [join(directory, 'root.hdd'), join(directory, 'root.hdd.{1}')] as const;
  await writeFile(join(directory, 'DiskDescriptor.xml'), xml);
  for (const image of images) {
    await writeFile(image, imageBytes());
    await truncate(image, MIB);
  }
  const machine = await kernel();
  const disk = await openDisk(directory, { roots: machine.roots });
  return { ...machine, disk, directory, images };
}

async function fsInfo(disk: Disk): Promise<FsInfo> {
  const info = await disk.fsInfo();
  const { ageMs = 0, ...rest } = disk.fsInfoSync();
  expect(info).toMatchObject(rest);
  expect(Math.abs(ageMs - (info.ageMs ?? 0))).toBeLessThan(2_000);
  return info;
}

/** Gives a file the time of so many seconds ago. */
async function age(file: string, seconds: number): Promise<void> {
  const time = Date.now() / 1000 - seconds;
  await utimes(file, time, time);
}

test('a disk that is not mounted has the numbers of its last unmount', async () => {
  const { disk, directory, images } = await setup();
  const file = join(directory, '.statfs');
  await writeFile(file, NOTED);
  for (const image of images) await age(image, 3_600);
  await age(file, 3_600);
  const info = await fsInfo(disk);
  expect(info).toMatchObject({ ...TOLD, stale: false });
  expect(info.ageMs).toBeGreaterThan(3_599_000);
  expect(info.ageMs).toBeLessThan(3_660_000);
});

test('the numbers are stale where data were written to the top since', async () => {
  const { disk, directory, images } = await setup();
  const file = join(directory, '.statfs');
  await writeFile(file, NOTED);
  await age(file, 3_600);
  await age(images[0], 3_600);
  expect(await fsInfo(disk)).toMatchObject({ ...TOLD, stale: false });
  await appendFile(images[1], Buffer.alloc(MIB));
  expect(await fsInfo(disk)).toMatchObject({ ...TOLD, stale: true });
  await age(images[1], 3_598);
  expect(await fsInfo(disk)).toMatchObject({ ...TOLD, stale: false });
});

test('.statfs is where the first image is, else beside the descriptor', async () => {
  const directory = await temporaryDirectory();
  const {
    disk,
    roots,
    directory: own,
  } = await setup(
    descriptorXml([{ file: join(directory, 'root.hdd') }, { parent: 0, file: 'root.hdd.{1}' }]),
  );
  await writeFile(join(directory, 'root.hdd'), imageBytes());
  await writeFile(join(own, '.statfs'), NOTED);
  expect(await fsInfo(disk)).toMatchObject(TOLD);
  await writeFile(join(directory, '.statfs'), statfsBytes(1024, 9, 8, 7, 6));
  const anywhere = await openDisk(own, { roots, confine: false });
  expect(await fsInfo(anywhere)).toMatchObject({ blockSize: 1024, blocks: 9, inodesFree: 6 });
  // Nothing is read outside the directory of the disk unless that is allowed.
  expect(await fsInfo(disk)).toMatchObject(TOLD);
});

test.each<[string, Buffer | undefined]>([
  ['missing', undefined],
  ['short', NOTED.subarray(0, 39)],
  ['of zeros', Buffer.alloc(40)],
  ['with more free than there is', statfsBytes(4096, 1, 2, 3, 3)],
  ['beyond what can be', Buffer.alloc(40, 0xff)],
])('a .statfs that is %s is none', async (_name, bytes) => {
  const { disk, directory } = await setup();
  if (bytes !== undefined) await writeFile(join(directory, '.statfs'), bytes);
  await expect(disk.fsInfo()).rejects.toMatchObject({
    name: 'ReadError',
    code: 'FILE_SYSTEM_UNKNOWN',
  });
  expect(() => disk.fsInfoSync()).toThrow(expect.objectContaining({ code: 'FILE_SYSTEM_UNKNOWN' }));
});

test('more than 40 bytes are ignored, as by the tool', async () => {
  const { disk, directory } = await setup();
  await writeFile(join(directory, '.statfs'), Buffer.concat([NOTED, NOTED]));
  expect(await fsInfo(disk)).toMatchObject(TOLD);
});

test('what cannot be read is said', async () => {
  const { disk, directory } = await setup();
  await mkdir(join(directory, '.statfs'));
  await expect(disk.fsInfo()).rejects.toMatchObject({ code: 'FILE_UNREADABLE' });
});

test('a mounted disk is asked itself, whatever .statfs says', async () => {
  const { disk, directory, images, write } = await setup();
  await writeFile(join(directory, '.statfs'), NOTED);
  const mountPoint = join(directory, 'a mount');
  await mkdir(mountPoint);
  await write({
    ...blockDeviceTree({ images, partition: true }),
    'proc/self/mountinfo': mountinfo([
      ['182:1', '/', mountPoint.replace(' ', '\\040'), '/dev/ploop0p1'],
    ]),
  });
  // What is free changes all the time.
  const { bsize, blocks, files } = statfsSync(mountPoint);
  const expected = { blockSize: bsize, blocks, inodes: files, source: 'mount' };
  expect(await disk.fsInfo()).toMatchObject({ ...expected, ageMs: 0, stale: false });
  expect(disk.fsInfoSync()).toMatchObject(expected);
});

test('a device that runs without its file system being mounted is said to', async () => {
  const { disk, directory, images, write } = await setup();
  await writeFile(join(directory, '.statfs'), NOTED);
  await write(blockDeviceTree({ images, partition: true }));
  await expect(disk.fsInfo()).rejects.toMatchObject({ code: 'FILE_SYSTEM_NOT_MOUNTED' });
  await write({
    'proc/self/mountinfo': mountinfo([
      ['182:1', '/', directory, '/dev/ploop0p1'],
      ['0:9', '/', directory, 'tmpfs', 10],
    ]),
  });
  await expect(disk.fsInfo()).rejects.toMatchObject({ code: 'FILE_SYSTEM_NOT_MOUNTED' });
});

test('what is remembered is forgotten when its files change', async () => {
  const { disk, directory, images, write, roots } = await setup();
  const file = join(directory, '.statfs');
  await writeFile(file, NOTED);
  await new Promise((resolve) => setTimeout(resolve, 150));
  expect(await fsInfo(disk)).toMatchObject(TOLD);
  expect(await fsInfo(disk)).toMatchObject(TOLD);
  expect(disk.imageInfoSync()).toBe(disk.imageInfoSync());
  const uncached = await openDisk(directory, { roots, cache: false });
  expect(uncached.imageInfoSync()).not.toBe(uncached.imageInfoSync());

  // Of the same size, so that only the times tell.
  await writeFile(file, statfsBytes(4096, 16_000, 14_000, 4_000, 3_900));
  expect(await fsInfo(disk)).toMatchObject({ blocksFree: 14_000 });
  await writeFile(images[1], imageBytes({ blockSize: 4096 }));
  await truncate(images[1], MIB);
  expect(disk.imageInfoSync().clusterSize).toBe(2 * MIB);
  await writeFile(join(directory, 'DiskDescriptor.xml'), CHAIN.replace('{1}', '{2}'));
  expect(disk.topDeltaSync()).toBe(join(directory, 'root.hdd.{2}'));
  await write(blockDeviceTree({ images, partition: true }));
  expect(() => disk.fsInfoSync()).toThrow(
    expect.objectContaining({ code: 'FILE_SYSTEM_NOT_MOUNTED' }),
  );
  await rm(file);
  await rm(join(roots.sys, 'block', 'ploop0'), { recursive: true });
  await expect(disk.fsInfo()).rejects.toMatchObject({ code: 'FILE_SYSTEM_UNKNOWN' });
});
