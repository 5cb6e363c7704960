import { readdir } from 'node:fs/promises';

import { describe, expect, test } from 'vitest';

import { hasKernel } from './kernel/world.ts';
import { machine } from './machine.ts';

const MIB = 2 ** 20;

const USUAL = [
  '.statfs',
  'DiskDescriptor.xml',
  'DiskDescriptor.xml.lck',
  'mount point',
  'root.hdd',
];

async function leftIn(directory: string): Promise<readonly string[]> {
  return (await readdir(directory)).filter((file) => !USUAL.includes(file));
}

describe.skipIf(!hasKernel)('a disk with the real tool on the stand-in', () => {
  test('is resized while it is mounted', async () => {
    const { disk, target } = await machine('ext4');
    await disk.mount({ target });
    expect(await disk.resize(512 * MIB)).toEqual({ size: 512 * MIB });
    await disk.umount();
    const large = await disk.fsInfo();
    expect(large.blocks * large.blockSize).toBeGreaterThan(500 * MIB);

    await disk.mount({ target });
    // The balloon takes the space; the disk keeps its size.
    expect(await disk.resize(300 * MIB)).toEqual({ size: 512 * MIB });
    await expect(disk.resize(10 * MIB)).rejects.toMatchObject({ exitName: 'PARAM' });
    await disk.umount();
    const small = await disk.fsInfo();
    const taken = (large.blocksFree - small.blocksFree) * small.blockSize;
    expect(taken).toBeGreaterThan(200 * MIB);
    expect(await disk.imageInfo()).toMatchObject({ size: 512 * MIB, differences: [] });
  });

  test.each([true, false])('is resized while it is not mounted, offline: %j', async (offline) => {
    const { disk, directory } = await machine('ext4');
    expect(await disk.resize(512 * MIB, { offline })).toEqual({ size: 512 * MIB });
    expect(await disk.resize(300 * MIB, { offline })).toEqual({ size: 512 * MIB });
    expect(await disk.resize(640 * MIB, { offline })).toEqual({ size: 640 * MIB });
    expect(await disk.isMounted()).toBe(false);
    expect(await leftIn(directory)).toEqual([]);
  });

  test('leaves nothing behind where it cannot be resized', async () => {
    const { disk, directory, fault } = await machine('ext4');
    fault('mount', 'EINVAL');
    for (const offline of [true, false])
      await expect(disk.resize(512 * MIB, { offline })).rejects.toMatchObject({ leftBehind: [] });
    expect(await disk.isMounted()).toBe(false);
    expect(await leftIn(directory)).toEqual([]);
    await expect(disk.resize(1.5)).rejects.toMatchObject({ reason: 'SIZE_INVALID' });
  });
});
