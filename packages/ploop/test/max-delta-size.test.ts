import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { descriptorXml, hasTool, temporaryDirectory } from '@ploop/test-kit';
import { describe, expect, test } from 'vitest';

import { createDisk, createRunner, openDisk } from '../src/index.ts';
import { hasKernel } from './kernel/world.ts';
import { machine } from './machine.ts';

const MIB = 2 ** 20;

describe.skipIf(!hasTool)('a limit of the top delta', () => {
  test('is set and taken away, and nothing else is; the tool keeps it', async () => {
    const path = join(await temporaryDirectory(), 'root.hdd');
    const disk = await createDisk({ path, size: 16 * MIB, fileSystem: 'none' });
    const before = await readFile(disk.descriptorPath, 'utf8');
    const planned = await disk.plan.setMaxDeltaSize(8 * MIB);
    expect(planned).toMatchObject({
      outcome: 'written',
      descriptor: { ...(await disk.descriptor()), maxDeltaSize: 8 * MIB },
    });
    expect(await readFile(disk.descriptorPath, 'utf8')).toBe(before);

    expect(await disk.setMaxDeltaSize(8 * MIB)).toEqual({ maxDeltaSize: 8 * MIB });
    expect(await readFile(disk.descriptorPath, 'utf8')).toMatch(
      /<Disk_size>32768<\/Disk_size>\s*<Max_delta_size>8388608<\/Max_delta_size>/,
    );
    expect((await disk.descriptor()).maxDeltaSize).toBe(8 * MIB);
    await disk.snapshot();
    expect((await disk.descriptor()).maxDeltaSize).toBe(8 * MIB);
    await disk.mergeSnapshot();
    expect(await disk.setMaxDeltaSize('unlimited')).toEqual({ maxDeltaSize: undefined });
    expect(await disk.descriptor()).not.toHaveProperty('maxDeltaSize');
    await disk.check();
    for (const size of [0, -512, 1.5, 100, NaN, Infinity, 2 ** 60, 2 ** 70])
      await expect(disk.setMaxDeltaSize(size)).rejects.toMatchObject({ reason: 'SIZE_INVALID' });
  });

  test('loses no snapshot that another program takes meanwhile', async () => {
    const path = join(await temporaryDirectory(), 'root.hdd');
    const disk = await createDisk({ path, size: 16 * MIB, fileSystem: 'none' });
    const other = await openDisk(disk.descriptorPath, { runner: createRunner() });
    const snapshots = 6;
    const takeAll = async (): Promise<void> => {
      for (let taken = 0; taken < snapshots; taken += 1) await other.snapshot();
    };
    const progress = { isDone: false };
    const taking = takeAll().finally(() => {
      progress.isDone = true;
    });
    let limits = 0;
    while (!progress.isDone) await disk.setMaxDeltaSize((limits += 1) * MIB);
    await taking;
    expect(limits).toBeGreaterThan(1);
    expect(await disk.snapshots()).toHaveLength(snapshots + 1);
    expect((await disk.descriptor()).maxDeltaSize).toBe(limits * MIB);
  });
});

test('is refused where the lock of the tool cannot be held', async () => {
  const directory = await temporaryDirectory();
  const text = descriptorXml([{}]);
  await writeFile(join(directory, 'DiskDescriptor.xml'), text);
  const reason = 'NOT_IN_RELEASE';
  for (const release of [{ from: '9.0.30' }, { from: '1.12', to: '1.12' }] as const) {
    const disk = await openDisk(directory, { runner: createRunner({ release }) });
    expect(await disk.plan.setMaxDeltaSize(MIB)).toMatchObject({
      outcome: 'refused',
      refusals: [{ code: reason }],
    });
    await expect(disk.setMaxDeltaSize(MIB)).rejects.toMatchObject({ reason });
  }
  expect(await readFile(join(directory, 'DiskDescriptor.xml'), 'utf8')).toBe(text);
});

test.skipIf(!hasKernel)('is refused while the disk is mounted', async () => {
  const { disk } = await machine();
  await disk.mount();
  await expect(disk.setMaxDeltaSize(MIB)).rejects.toMatchObject({ reason: 'DISK_MOUNTED' });
});
