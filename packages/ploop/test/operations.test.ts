import { access, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { Readable } from 'node:stream';

import type { ExecOutcome } from '@ploop/runner';
import { descriptorXml, hasTool, temporaryDirectory } from '@ploop/test-kit';
import { describe, expect, test } from 'vitest';

import {
  createDisk,
  createRunner,
  isNotMounted,
  maxDiskSize,
  openDisk,
  receiveCopy,
  restoreDescriptor,
  TOP_GUID,
  type Disk,
} from '../src/index.ts';
import { ASKED } from './asked.ts';
import { blockDeviceTree, kernel, mappedDeviceTree } from './kernel-tree.ts';
import { hasKernel, world } from './kernel/world.ts';

const MIB = 2 ** 20;
const FIRST = '{11111111-1111-4111-8111-111111111111}';

async function newDisk(): Promise<{ disk: Disk; image: string }> {
  const image = join(await temporaryDirectory(), 'root.hdd');
  const runner = createRunner(ASKED);
  const create = { size: 16 * MIB, fileSystem: 'none', version: 1 } as const;
  const disk = await createDisk({ path: image, ...create, runner });
  return { disk, image };
}

describe.skipIf(!hasTool)('the real tool', () => {
  test('converts a disk to another layout, and says what it is then', async () => {
    const { disk } = await newDisk();
    expect(await disk.convert({ format: 'preallocated' })).toEqual({
      format: 'preallocated',
      version: 1,
    });
    expect(await disk.convert({ version: 1 })).toEqual({ format: 'preallocated', version: 1 });
    expect(await disk.convert({ format: 'raw' })).toEqual({ format: 'raw', version: 0 });
    await expect(disk.convert({ version: 2 })).rejects.toMatchObject({ reason: 'DISK_IS_RAW' });
    await expect(disk.convert({ format: 'expanded' })).rejects.toMatchObject({ exitCode: 38 });
    expect(await disk.imageInfo()).toMatchObject({ size: 16 * MIB, version: 0 });
  });

  test('converts no disk with snapshots, of which it would convert one image', async () => {
    const { disk } = await newDisk();
    await disk.snapshot();
    await expect(disk.convert({ format: 'raw' })).rejects.toMatchObject({
      reason: 'DISK_HAS_SNAPSHOTS',
    });
  });

  test('checks a disk, and fails on damage', async () => {
    const { disk, image } = await newDisk();
    await disk.snapshot({ guid: FIRST });
    expect(await disk.check()).toEqual({ report: [] });
    expect(await disk.check({ guid: FIRST })).toEqual({ report: [] });
    await expect(disk.check({ guid: 'x' })).rejects.toMatchObject({ reason: 'GUID_INVALID' });
    await rm(image);
    await expect(disk.check()).rejects.toMatchObject({ code: 'EXIT', exitName: 'OPEN' });
  });

  test('restores the descriptor of an image that has lost it', async () => {
    const { disk, image } = await newDisk();
    const directory = dirname(image);
    await expect(restoreDescriptor({ directory, image })).rejects.toMatchObject({
      reason: 'TARGET_EXISTS',
    });
    const { size } = await disk.imageInfo();
    await rm(disk.descriptorPath);
    const restored = await restoreDescriptor({ directory, image });
    expect(await restored.images()).toEqual([{ guid: TOP_GUID, file: image }]);
    expect(await restored.imageInfo()).toMatchObject({ size });
  });

  test('receives nothing from nobody, and leaves nothing', async () => {
    const file = join(await temporaryDirectory(), 'copy');
    await expect(receiveCopy({ file, input: Readable.from([]) })).rejects.toMatchObject({
      code: 'EXIT',
      exitName: 'READ',
    });
    await expect(access(file)).rejects.toThrow();
  });

  test('needs a mounted disk for some things', async () => {
    const { disk, image } = await newDisk();
    expect(isNotMounted(await disk.discardStats().catch((error: unknown) => error))).toBe(true);
    expect(isNotMounted(await disk.discard().catch((error: unknown) => error))).toBe(true);
    await expect(disk.sendCopy({ file: `${image}.copy` })).rejects.toMatchObject({
      reason: 'DISK_NOT_MOUNTED',
    });
  });
});

test('what needs a disk that is on no device is refused on one, whatever its name', async () => {
  if (!hasTool) return;
  const { disk } = await newDisk();
  const images = (await disk.images()).map(({ file }) => file);
  const { roots } = await kernel(blockDeviceTree({ images, cookie: 'backup' }));
  const runner = createRunner({ binary: 'no-such-ploop' });
  const mounted = await openDisk(disk.descriptorPath, { roots, runner });
  const refused = { code: 'REFUSED', reason: 'DISK_MOUNTED' };
  await expect(mounted.convert({ format: 'raw' })).rejects.toMatchObject(refused);
  await expect(mounted.check()).rejects.toMatchObject(refused);
  await expect(mounted.encrypt({ key: { id: 'k' } })).rejects.toMatchObject(refused);
});

test('a disk under a component name counts as mounted where only the tool can tell', async () => {
  const directory = await temporaryDirectory();
  const xml = descriptorXml([{ file: 'root.hdd' }]);
  await writeFile(join(directory, 'DiskDescriptor.xml'), xml);
  const { roots } = await kernel(mappedDeviceTree({}));
  const said = (text: string): Promise<ExecOutcome> =>
    Promise.resolve({
      exitCode: 0,
      cancelled: false,
      timedOut: false,
      stdout: { text, droppedBytes: 0 },
      stderr: { text: '', droppedBytes: 0 },
    });
  const image = join(directory, 'root.hdd');
  const runner = createRunner({
    release: { from: '9.0.30' },
    exec: ({ argv }) =>
      argv.includes('list')
        ? said(`ploop12345\t${image}\tbackup\n`)
        : said('size:\t\t131072\nblocksize:\t2048\nfmt_version:\t2\ndevice:\t\t\n'),
  });
  const disk = await openDisk(directory, { roots, runner });
  await expect(disk.convert({ version: 2 })).rejects.toMatchObject({ reason: 'DISK_MOUNTED' });
});

describe.skipIf(!hasKernel)('the real tool on the stand-in', () => {
  test('takes a temporary snapshot, and ends it', async () => {
    const { env, roots } = world();
    const runner = createRunner({ env, ...ASKED });
    const path = join(await temporaryDirectory(), 'root.hdd');
    const disk = await createDisk({ path, size: 64 * MIB, fileSystem: 'none', runner, roots });
    const { guid, device, end } = await disk.temporarySnapshot({ component: 'backup' });
    expect(device).toBe('/dev/ploop0');
    expect(await disk.snapshots()).toMatchObject([{ guid, temporary: true }, { guid: TOP_GUID }]);
    expect(await disk.mounts()).toMatchObject([{ device, guid, readonly: true }]);
    await end();
    expect(await disk.mounts()).toEqual([]);
    expect(await disk.images()).toEqual([{ guid: TOP_GUID, file: path }]);
    await end();
    await expect(
      disk.temporarySnapshot({ component: 'backup', guid: TOP_GUID }),
    ).rejects.toMatchObject({ code: 'REFUSED' });
  });

  test('does not unmount another disk that has got the device of a temporary snapshot', async () => {
    const { env, roots } = world();
    const runner = createRunner({ env, ...ASKED });
    const create = async (): Promise<Disk> => {
      const path = join(await temporaryDirectory(), 'root.hdd');
      return createDisk({ path, size: 64 * MIB, fileSystem: 'none', runner, roots });
    };
    const [disk, other] = [await create(), await create()];
    const { device, end } = await disk.temporarySnapshot({ component: 'backup' });
    await runner.umount({ device });
    expect(await other.mount()).toEqual({ device });
    await end();
    expect(await other.isMounted()).toBe(true);
    expect(await disk.snapshots()).toMatchObject([{ guid: TOP_GUID }]);
    await other.umount();
  });

  test('says what a mounted disk takes', async () => {
    const { env, roots } = world();
    const runner = createRunner({ env, ...ASKED });
    const path = join(await temporaryDirectory(), 'root.hdd');
    const disk = await createDisk({ path, size: 384 * MIB, runner, roots });
    await runner.mount({ descriptor: disk.descriptorPath, mountPoint: await temporaryDirectory() });
    expect(await disk.discardStats()).toHaveProperty('balloon', 0);
    await runner.umount({ descriptor: disk.descriptorPath });
  });
});

test('the largest disk', () => {
  expect(maxDiskSize(1)).toBe(0xff_ff_ff_ff * 512);
  expect(maxDiskSize(2, 32 * 1024)).toBe(0xff_ff_ff_ff * 32 * 1024);
  expect(maxDiskSize(2)).toBe(0xff_ff_ff_ff * 512 * 512);
  expect(() => maxDiskSize(2, 1000)).toThrow(/1000/);
});

describe.skipIf(!hasTool)('a virtual disk', () => {
  test('grows, its snapshots do not, and it does not shrink', async () => {
    const path = join(await temporaryDirectory(), 'root.hdd');
    const disk = await createDisk({ path, size: 16 * MIB, fileSystem: 'none' });
    const { guid } = await disk.snapshot();
    expect(await disk.grow(32 * MIB)).toEqual({ size: 32 * MIB });
    expect(await disk.imageInfo()).toMatchObject({ size: 32 * MIB, differences: [] });
    expect(await disk.grow(32 * MIB)).toEqual({ size: 32 * MIB });
    const refused = { code: 'REFUSED', reason: 'SIZE_INVALID' };
    for (const size of [16 * MIB, 32 * MIB + 512, 1.5, -1, NaN, Infinity, 2 ** 60])
      await expect(disk.grow(size)).rejects.toMatchObject(refused);
    await disk.switchSnapshot(guid);
    expect(await disk.imageInfo()).toMatchObject({ size: 16 * MIB });
  });

  test('that is raw ends within a cluster, and at the end of it again', async () => {
    const path = join(await temporaryDirectory(), 'root.hdd');
    const disk = await createDisk({ path, size: 16 * MIB, format: 'raw', fileSystem: 'none' });
    // The tool makes the file a whole number of pages.
    expect(await disk.grow(16 * MIB + 512)).toEqual({ size: 16 * MIB + 4096 });
    await expect(disk.snapshot()).rejects.toMatchObject({ reason: 'DISK_DAMAGED' });
    expect(await disk.grow(17 * MIB)).toEqual({ size: 17 * MIB });
    await disk.snapshot();
    expect(await disk.imageInfo()).toMatchObject({ size: 17 * MIB, differences: [] });
  });

  test('that is raw does not end within a cluster where no snapshot could be taken of it', async () => {
    const path = join(await temporaryDirectory(), 'root.hdd');
    const { descriptorPath } = await createDisk({
      ...{ path, size: 16 * MIB },
      format: 'raw',
      fileSystem: 'none',
    });
    const release = { from: '8.0.6', to: '9.0.30' } as const;
    const disk = await openDisk(descriptorPath, { runner: createRunner({ release }) });
    await expect(disk.grow(16 * MIB + 512)).rejects.toMatchObject({
      reason: 'SIZE_INVALID',
      hint: `Grow it to ${String(17 * MIB)} bytes.`,
    });
    expect(await disk.plan.grow(16 * MIB + 512)).toMatchObject({
      refusals: [{ code: 'SIZE_INVALID' }],
    });
  });

  test.each(['expanded', 'raw'] as const)('is made of whole clusters: %s', async (format) => {
    const path = join(await temporaryDirectory(), 'root.hdd');
    const disk = await createDisk({ path, size: 16 * MIB + 512, format, fileSystem: 'none' });
    expect(await disk.imageInfo()).toMatchObject({ size: 17 * MIB, differences: [] });
  });
});
