import { open, readdir } from 'node:fs/promises';
import { join } from 'node:path';

import { bytes } from '@ploop/descriptor';
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

  test('that is raw grows in each way, and release 1.15 makes it smaller in none', async () => {
    const { disk, directory } = await machine('ext4');
    await disk.convert({ format: 'raw' });
    const online = { offline: false };
    expect(await disk.resize(400 * MIB, online)).toEqual({ size: 400 * MIB });
    await expect(disk.resize(300 * MIB)).rejects.toMatchObject({ reason: 'DISK_IS_RAW' });
    expect(await disk.plan.resize(300 * MIB)).toMatchObject({
      refusals: [{ code: 'DISK_IS_RAW' }],
    });
    // Not refused: other releases may do it.
    expect(await disk.plan.resize(300 * MIB, online)).toMatchObject({
      outcome: 'called',
      command: 'resize',
      way: 'mounted-meanwhile',
    });
    await expect(disk.resize(300 * MIB, online)).rejects.toMatchObject({
      exitName: 'PARAM',
      message: expect.stringContaining('Ballooning for raw format is not supported') as string,
      leftBehind: [],
    });
    expect(await disk.isMounted()).toBe(false);
    expect(await leftIn(directory)).toEqual([]);
  });

  test('that was not closed is resized while it is mounted for the while', async () => {
    const { disk, directory } = await machine('ext4');
    const image = await open(join(directory, 'root.hdd'), 'r+');
    await image.write(Buffer.from('Ynot'), 0, 4, 44);
    await image.close();
    const online = { offline: false };
    expect(await disk.plan.resize(512 * MIB, online)).toMatchObject({ way: 'mounted-meanwhile' });
    expect(await disk.resize(512 * MIB, online)).toEqual({ size: 512 * MIB });
  });

  test.each([true, false])('gets the end of a cluster, offline: %j', async (offline) => {
    for (const format of ['expanded', 'raw'] as const) {
      const { disk } = await machine('ext4');
      if (format === 'raw') await disk.convert({ format });
      const plan = await disk.plan.resize(512 * MIB + 512, { offline });
      expect(plan).toMatchObject({ command: 'resize', input: { size: 513 * MIB } });
      expect(await disk.resize(512 * MIB + 512, { offline })).toEqual({ size: 513 * MIB });
      expect(await disk.imageInfo()).toMatchObject({ size: 513 * MIB, differences: [] });
    }
  });

  test('gets from the tool itself what it is rounded to', async () => {
    const { disk, runner, target } = await machine('ext4');
    const { descriptorPath: descriptor } = disk;
    await runner.resize({ descriptor, size: bytes(400 * MIB + 512) });
    expect(await disk.imageInfo()).toMatchObject({ size: 401 * MIB });
    await disk.mount({ target });
    await runner.resize({ descriptor, size: bytes(420 * MIB + 512) });
    expect(await disk.imageInfo()).toMatchObject({ size: 421 * MIB });
  });

  test('is not mounted for a size that it cannot have', async () => {
    const { disk, roots } = await machine('ext4');
    const before = await readdir(join(roots.sys, 'block'));
    const reason = 'SIZE_INVALID';
    for (const offline of [true, false])
      for (const size of [512 * MIB + 1, 0, -1, NaN, 2 ** 60]) {
        expect(await disk.plan.resize(size, { offline })).toMatchObject({
          refusals: [{ code: reason }],
        });
        await expect(disk.resize(size, { offline })).rejects.toMatchObject({ reason });
      }
    expect(await readdir(join(roots.sys, 'block'))).toEqual(before);
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
