import { spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  mkdir,
  readdir,
  readFile,
  realpath,
  rm,
  stat,
  symlink,
  unlink,
  writeFile,
} from 'node:fs/promises';
import { join } from 'node:path';

import { descriptorXml, temporaryDirectory, testGuid } from '@ploop/test-kit';
import { expect, test } from 'vitest';

import {
  createRunner,
  deviceOfMountPoint,
  deviceOfMountPointSync,
  findDevice,
  findDeviceSync,
  listDevices,
  listDevicesSync,
  openDisk,
  TOP_GUID,
  type Disk,
  type Roots,
} from '../src/index.ts';
import { imageBytes } from './header.ts';
import {
  blockDeviceTree,
  kernel,
  mappedDeviceTree,
  mountinfo,
  type Kernel,
  type Tree,
} from './kernel-tree.ts';

const CHAIN = descriptorXml([{ file: 'root.hdd' }, { parent: 0, file: 'root.hdd.{1}' }], {
  size: '131072',
});

interface Setup extends Kernel {
  readonly disk: Disk;
  readonly directory: string;
  readonly images: readonly string[];
}

/** A disk of a base and a top, and the kernel that it is opened with. */
async function setup(
  tree: (images: readonly string[]) => Tree = () => ({}),
  xml = CHAIN,
): Promise<Setup> {
  const directory = await temporaryDirectory();
  const images = [join(directory, 'root.hdd'), join(directory, 'root.hdd.{1}')];
  await writeFile(join(directory, 'DiskDescriptor.xml'), xml);
  for (const image of images) await writeFile(image, imageBytes());
  const made = await kernel(tree(images));
  return { ...made, directory, images, disk: await openDisk(directory, { roots: made.roots }) };
}

async function answers(disk: Disk): Promise<{ mounted: boolean; devices: readonly string[] }> {
  const mounted = await disk.isMounted();
  expect(disk.isMountedSync()).toBe(mounted);
  const mounts = await disk.mounts();
  expect(disk.mountsSync()).toEqual(mounts);
  return { mounted, devices: mounts.map(({ device }) => device) };
}

test('nothing is mounted on a machine without ploop devices', async () => {
  const { disk, roots } = await setup();
  expect(await answers(disk)).toEqual({ mounted: false, devices: [] });
  expect(await listDevices({ roots })).toEqual([]);
  expect(listDevicesSync({ roots })).toEqual([]);
});

test('without /sys nothing is guessed', async () => {
  const { disk, roots } = await setup();
  await rm(roots.sys, { recursive: true });
  await expect(disk.isMounted()).rejects.toMatchObject({ code: 'KERNEL_UNREADABLE' });
  expect(() => disk.fsInfoSync()).toThrow(expect.objectContaining({ name: 'ReadError' }));
  await expect(disk.imageInfo()).resolves.toMatchObject({ size: 64 * 2 ** 20 });
});

test('a device with the base image is one of the disk', async () => {
  const { disk, roots } = await setup((images) => ({
    ...blockDeviceTree({ minor: 7, images, partition: true }),
    ...blockDeviceTree({ minor: 8, images: ['/another/root.hdd'] }),
    ...blockDeviceTree({ minor: 9 }),
    'proc/self/mountinfo': mountinfo([['182:113', '/', '/mnt/disk', '/dev/ploop7p1']]),
  }));
  expect(await answers(disk)).toEqual({ mounted: true, devices: ['/dev/ploop7'] });
  expect(await disk.mounts()).toEqual([
    {
      device: '/dev/ploop7',
      kernelName: 'ploop7',
      generation: 'block',
      number: '182:112',
      component: '',
      running: true,
      readonly: false,
      size: 64 * 2 ** 20,
      images: disk.imagesSync().map(({ file }) => file),
      partition: '/dev/ploop7p1',
      layers: [
        { node: '/dev/ploop7', number: '182:112' },
        { node: '/dev/ploop7p1', number: '182:113' },
      ],
      mountPoints: [{ path: '/mnt/disk', root: '/', hidden: false }],
      mountPoint: '/mnt/disk',
      guid: TOP_GUID,
      confidence: 'certain',
    },
  ]);
  const devices = await listDevices({ roots });
  expect(devices.map(({ device }) => device)).toEqual(['/dev/ploop7', '/dev/ploop8']);
});

test('a device with a component name is a mount, but does not make the disk mounted', async () => {
  const { disk } = await setup((images) =>
    blockDeviceTree({ images: images.slice(0, 1), cookie: 'backup' }),
  );
  expect(await answers(disk)).toEqual({ mounted: false, devices: ['/dev/ploop0'] });
  expect(disk.mountsSync()).toMatchObject([{ component: 'backup', guid: testGuid(0) }]);
});

test('several devices on one base are distinguished by what they show', async () => {
  const { disk } = await setup((images) => ({
    ...blockDeviceTree({ minor: 1, images, cookie: 'a' }),
    ...blockDeviceTree({ minor: 2, images: images.slice(0, 1) }),
    ...blockDeviceTree({ minor: 3, images }),
  }));
  expect((await answers(disk)).mounted).toBe(true);
  expect(disk.mountsSync().map(({ guid, component }) => [guid, component])).toEqual([
    [TOP_GUID, 'a'],
    [testGuid(0), ''],
    [TOP_GUID, ''],
  ]);
});

test('a device that does not run is in transition, and waited for', async () => {
  const { disk, write } = await setup((images) => blockDeviceTree({ images, running: 0 }));
  await expect(disk.isMounted()).rejects.toMatchObject({ code: 'DEVICE_TRANSITIONAL' });
  expect(disk.mountsSync()).toMatchObject([{ running: false }]);
  const waiting = disk.isMounted();
  await write({ 'sys/block/ploop0/pstate/running': '1\n' });
  await expect(waiting).resolves.toBe(true);
});

test('a device that is stopped while it is looked at is none', async () => {
  const { disk, roots, write } = await setup((images) => blockDeviceTree({ images, running: 0 }));
  const waiting = disk.isMounted();
  await unlink(join(roots.sys, 'block/ploop0/pdelta/0/image'));
  await expect(waiting).resolves.toBe(false);
  await write({ 'sys/block/ploop0/pstate/top': '4294967295\n' });
  expect(await answers(disk)).toEqual({ mounted: false, devices: [] });
});

test('entries that vanish at any moment do no harm', async () => {
  const { disk, roots } = await setup((images) => blockDeviceTree({ images, partition: true }));
  const block = join(roots.sys, 'block');
  await writeFile(join(block, 'ploop-file'), '');
  await symlink('nowhere', join(block, 'ploop9'));
  expect(await answers(disk)).toEqual({ mounted: true, devices: ['/dev/ploop0'] });
  const files = (await readdir(block, { recursive: true, withFileTypes: true }))
    .filter((entry) => entry.isFile() && entry.name !== 'running')
    .map((entry) => join(entry.parentPath, entry.name));
  for (const file of files) {
    await unlink(file);
    const answer = await disk.isMounted();
    expect(answer).toBe(disk.mountsSync().length > 0);
  }
  expect(await answers(disk)).toEqual({ mounted: false, devices: [] });
});

test('a top that is being merged counts a level that has no file', async () => {
  const { disk } = await setup((images) => blockDeviceTree({ images, top: 2 }));
  expect(disk.mountsSync()).toMatchObject([{ images: { length: 2 } }]);
});

test('kernels of release 7 report the inode, which another mount namespace cannot hide', async () => {
  const { disk, images, write } = await setup();
  const { dev, ino } = await stat(images[0] ?? '');
  const number = `${String(Math.floor(dev / 256))}:${String(dev % 256)}`;
  const inode = (n: number, d = number): string => `ino:${String(n)}\nsdev:${d}\n`;
  await write(blockDeviceTree({ images: ['/seen/from/elsewhere'], inode: inode(ino) }));
  expect((await answers(disk)).mounted).toBe(true);
  await write(blockDeviceTree({ images, inode: inode(ino + 1) }));
  expect((await answers(disk)).mounted).toBe(false);
  await write(blockDeviceTree({ images, inode: inode(ino, '1:2') }));
  expect((await answers(disk)).mounted).toBe(false);
});

test('an image behind a symlink is found by its real path', async () => {
  const { disk, directory, images } = await setup();
  const elsewhere = await temporaryDirectory();
  const moved = join(elsewhere, 'a name\nof two lines');
  await writeFile(moved, imageBytes());
  await unlink(images[0] ?? '');
  await symlink(moved, join(directory, 'root.hdd'));
  const { roots } = await kernel(blockDeviceTree({ images: [await realpath(moved)] }));
  const opened = await openDisk(disk.descriptorPath, { roots });
  expect(await answers(opened)).toEqual({ mounted: true, devices: ['/dev/ploop0'] });
  expect(opened.mountsSync()).toMatchObject([{ guid: testGuid(0) }]);
});

test('a device on a deleted image of that name is not one of the disk', async () => {
  const { disk } = await setup((images) =>
    blockDeviceTree({ images: images.map((image) => `${image} (deleted)`) }),
  );
  expect(await answers(disk)).toEqual({ mounted: false, devices: [] });
});

test('of volumes of one parent the top decides', async () => {
  const xml = CHAIN.replace(
    '<StorageData>',
    '<StorageData><Volume><Parent>/parent</Parent></Volume>',
  );
  const { disk, images, write } = await setup(undefined, xml);
  expect(disk.descriptorSync().volume).toMatchObject({ parent: '/parent' });
  await write(blockDeviceTree({ images: [images[0] ?? '', '/other/volume'] }));
  expect((await answers(disk)).mounted).toBe(false);
  await write(blockDeviceTree({ minor: 2, images }));
  expect(await answers(disk)).toEqual({ mounted: true, devices: ['/dev/ploop2'] });
});

test('attributes that make no sense are said, not guessed', async () => {
  const { disk, write } = await setup((images) => blockDeviceTree({ images }));
  await write({ 'sys/block/ploop0/pstate/running': 'yes\n' });
  await expect(disk.isMounted()).rejects.toMatchObject({ code: 'KERNEL_UNREADABLE' });
  await write({ 'sys/block/ploop0/pstate/running': '1\n' });
  await write({ 'sys/block/ploop0/size': 'x'.repeat(100_000) });
  await expect(disk.mounts()).rejects.toMatchObject({ code: 'KERNEL_UNREADABLE' });
});

const MAPPED = {
  ...mappedDeviceTree({ holders: ['dm-4'] }),
  ...mappedDeviceTree({ minor: 4, name: 'ploop12345p1' }),
  ...mappedDeviceTree({ minor: 9, name: 'vg-home', sectors: 131072 }),
  'proc/self/mountinfo': mountinfo([['253:4', '/', '/vz/root/1', '/dev/mapper/ploop12345p1']]),
};

test('on device-mapper kernels a device is possibly one of the disk, by its size', async () => {
  const { disk, roots, write } = await setup(() => MAPPED);
  expect(await disk.mounts()).toMatchObject([
    {
      device: '/dev/mapper/ploop12345',
      kernelName: 'dm-3',
      generation: 'device-mapper',
      images: undefined,
      guid: undefined,
      partition: '/dev/mapper/ploop12345p1',
      mountPoint: '/vz/root/1',
      confidence: 'possible',
    },
  ]);
  await expect(disk.isMounted()).rejects.toMatchObject({
    code: 'MOUNT_UNCERTAIN',
    hint: expect.stringContaining('tool') as string,
  });
  expect(await listDevices({ roots })).toHaveLength(1);
  await write({ 'sys/block/dm-3/size': '2048\n' });
  expect(await answers(disk)).toEqual({ mounted: false, devices: [] });
});

test('the only device of the size is likely the one, if the top delta is in use', async () => {
  const { disk, images } = await setup(() => MAPPED);
  const header = imageBytes();
  header.write('Ynot', 44, 'latin1');
  await writeFile(images[1] ?? '', header);
  expect(disk.mountsSync()).toMatchObject([{ confidence: 'likely' }]);
});

test('component names of device-mapper devices are files', async () => {
  const { disk } = await setup(() => ({ ...MAPPED, 'run/ploop/ploop12345:backup': '' }));
  expect(disk.mountsSync()).toMatchObject([{ component: 'backup' }]);
  await expect(disk.isMounted()).resolves.toBe(false);
});

test('the tool decides where it is asked', async () => {
  const { roots, directory, images } = await setup(() => ({
    ...MAPPED,
    ...mappedDeviceTree({ minor: 5, name: 'ploop777' }),
  }));
  // What release 9 prints; its list names the images of a device in its own order.
  const tool = join(directory, 'tool');
  const script = [
    '#!/bin/sh',
    'case "$*" in',
    `*list*) printf 'ploop777\\t/another/disk\\nploop12345\\t%s\\n\\t\\t%s\\n' '${images[1] ?? ''}' '${images[0] ?? ''}';;`,
    "*info*) printf 'size:\\t\\t131072\\nblocksize:\\t2048\\nfmt_version:\\t2\\ndevice:\\t\\t/dev/mapper/ploop12345\\npartition:\\t/dev/mapper/ploop12345p1\\n';;",
    'esac',
  ];
  await writeFile(tool, script.join('\n'), { mode: 0o755 });
  const disk = await openDisk(directory, { roots, runner: createRunner({ binary: tool }) });
  await expect(disk.isMounted()).rejects.toMatchObject({ code: 'MOUNT_UNCERTAIN' });
  expect(await disk.isMounted({ ask: 'tool' })).toBe(true);
  expect(await disk.mounts()).toHaveLength(2);
  expect(await disk.mounts({ ask: 'tool' })).toMatchObject([
    { device: '/dev/mapper/ploop12345', guid: TOP_GUID, images, confidence: 'certain' },
  ]);
});

test('a device-mapper kernel without ploop devices leaves no doubt', async () => {
  const { disk } = await setup(() => mappedDeviceTree({ name: 'vg-home' }));
  expect(await answers(disk)).toEqual({ mounted: false, devices: [] });
});

test('mount points: octal escapes, bind mounts, what is mounted over', async () => {
  const { roots } = await setup((images) => ({
    ...blockDeviceTree({ images, partition: true }),
    'proc/self/mountinfo': mountinfo([
      ['182:1', '/sub', '/bound', '/dev/ploop0p1'],
      ['182:1', '/', '/mnt/a\\040b\\134\\011\\012', '/dev/ploop0p1'],
      ['182:1', '/', '/over', '/dev/ploop0p1'],
      ['0:44', '/', '/over', 'tmpfs', 12],
      ['182:1', '/', '/dir/deep', '/dev/ploop0p1'],
      ['0:45', '/', '/dir', 'tmpfs'],
      ['0:46', '/', '/fake', '/dev/ploop0p1'],
    ]),
  }));
  const [device] = await listDevices({ roots });
  expect(device?.mountPoint).toBe('/mnt/a b\\\t\n');
  expect(device?.mountPoints).toEqual([
    { path: '/bound', root: '/sub', hidden: false },
    { path: '/mnt/a b\\\t\n', root: '/', hidden: false },
    { path: '/over', root: '/', hidden: true },
    { path: '/dir/deep', root: '/', hidden: true },
  ]);
  const at = async (path: string): Promise<string | undefined> => {
    const found = await deviceOfMountPoint(path, { roots });
    expect(deviceOfMountPointSync(path, { roots })).toEqual(found);
    return found?.device;
  };
  expect(await at('/bound')).toBe('/dev/ploop0');
  expect(await at('/mnt/a b\\\t\n')).toBe('/dev/ploop0');
  expect(await at('/over')).toBeUndefined();
  expect(await at('/fake')).toBeUndefined();
});

test('other mount namespaces are looked at when asked for', async () => {
  const { roots, disk } = await setup((images) => ({
    ...blockDeviceTree({ images, partition: true }),
    'proc/17/mountinfo': mountinfo([['182:1', '/', '/', '/dev/ploop0p1']]),
    'proc/18/mountinfo': mountinfo([['182:1', '/', '/same', '/dev/ploop0p1']]),
    'proc/19/mountinfo': '',
  }));
  const namespace = async (pid: string, inode: number): Promise<void> => {
    await mkdir(join(roots.proc, pid, 'ns'));
    await symlink(`mnt:[${String(inode)}]`, join(roots.proc, pid, 'ns', 'mnt'));
  };
  await namespace('self', 1);
  await namespace('17', 2);
  await namespace('18', 2);
  await namespace('19', 3);
  expect(await disk.mounts()).toMatchObject([{ mountPoints: [] }]);
  expect(await disk.mounts({ namespaces: 'all' })).toMatchObject([
    { mountPoint: undefined, mountPoints: [{ path: '/', root: '/', hidden: false, pid: 17 }] },
  ]);
});

test('a process that ends while its mount namespace is looked at does no harm', async () => {
  const { roots, disk } = await setup((images) => ({
    ...blockDeviceTree({ images, partition: true }),
    'proc/18/mountinfo': mountinfo([['182:1', '/', '/there', '/dev/ploop0p1']]),
  }));
  // It ends when nobody is there any more to wait for it.
  const parent = spawn('sh', ['-c', 'sleep 0.5 & echo $!; exec sleep 60']);
  const [ended] = (await once(parent.stdout, 'data')) as [Buffer];
  const gone = `/proc/${String(ended).trim()}/mountinfo`;
  await expect
    .poll(() => readFile(gone).catch((error: unknown) => (error as { code: string }).code), {
      timeout: 20_000,
    })
    .toBe('EINVAL');
  for (const [pid, inode] of [
    ['self', 1],
    ['17', 2],
    ['18', 3],
  ] as const) {
    await mkdir(join(roots.proc, pid, 'ns'), { recursive: true });
    await symlink(`mnt:[${String(inode)}]`, join(roots.proc, pid, 'ns', 'mnt'));
  }
  await symlink(gone, join(roots.proc, '17', 'mountinfo'));
  const [mount] = await disk.mounts({ namespaces: 'all' });
  expect(mount?.mountPoints).toMatchObject([{ path: '/there', pid: 18 }]);
  expect(disk.mountsSync({ namespaces: 'all' })).toEqual([mount]);
  parent.kill();
});

test('a node of a device, of its partition or of what is mapped on it leads to the device', async () => {
  const { roots } = await setup((images) => ({
    ...MAPPED,
    ...blockDeviceTree({ images, partition: true }),
    'sys/block/ploop0/ploop0p1/holders/dm-7/dev': '',
    'sys/block/dm-7/dev': '253:7\n',
    'sys/block/dm-7/dm/name': 'CRYPT-ploop0p1\n',
  }));
  const of = async (node: string, given: Partial<Roots> = roots): Promise<string | undefined> => {
    const found = await findDevice(node, { roots: given });
    expect(findDeviceSync(node, { roots: given })).toEqual(found);
    return found?.device;
  };
  expect(await of('/dev/ploop0')).toBe('/dev/ploop0');
  expect(await of('/dev/ploop0p1')).toBe('/dev/ploop0');
  expect(await of('/dev/mapper/CRYPT-ploop0p1')).toBe('/dev/ploop0');
  expect(await of('/dev/mapper/ploop12345p1')).toBe('/dev/mapper/ploop12345');
  expect(await of('/dev/ploop1')).toBeUndefined();
  expect(await of('/dev/null', { ...roots, dev: '/dev' })).toBeUndefined();
  expect((await listDevices({ roots })).map(({ partition }) => partition)).toEqual([
    '/dev/mapper/ploop12345p1',
    '/dev/mapper/CRYPT-ploop0p1',
  ]);
});

test('image info of a running device is the device’s', async () => {
  const { disk, write, roots } = await setup((images) =>
    blockDeviceTree({ images, sectors: 262144, version: 2 }),
  );
  expect(await disk.imageInfo()).toMatchObject({
    size: 128 * 2 ** 20,
    clusterSize: 2 ** 20,
    version: 2,
    differences: [{ field: 'size', descriptor: 64 * 2 ** 20, image: 128 * 2 ** 20 }],
  });
  await write({ 'sys/block/ploop0/pstate/fmt_version': '0\n' });
  expect(disk.imageInfoSync().version).toBe(0);
  await rm(join(roots.sys, 'module'), { recursive: true });
  expect(disk.imageInfoSync().version).toBe(1);
  await write({ 'sys/block/ploop0/pstate/running': '0\n' });
  expect(disk.imageInfoSync()).toMatchObject({ size: 64 * 2 ** 20, version: 1 });
});
