import { copyFile, mkdir, readFile, stat, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';

import { bytes } from '@ploop/descriptor';
import { expect } from 'vitest';

import type { CommandName } from '../../src/index.ts';
import {
  fails,
  failsMounted,
  MIB,
  shotGuid,
  works,
  worksMounted,
  type Given,
  type RealCase,
} from './given.ts';

const PARAM = { code: 'EXIT', exitCode: 38, exitName: 'PARAM' };
const NO_DESCRIPTOR = { code: 'EXIT', exitCode: 39, exitName: 'DISKDESCR' };
const NO_DRIVER = { code: 'EXIT', exitCode: 2, exitName: 'DEVICE' };
const device = '/dev/ploop0';
/** A device that is not there: the first one can be in use on this machine. */
const absent = '/dev/ploop4000';

const withFileSystem = { size: bytes(300 * MIB), fileSystem: 'ext4' } as const;
const nowhere = (directory: string): string => join(directory, 'no.xml');

/** A subcommand of later releases: refused where the release is known, and the tool does not know it. */
function later(argv: readonly string[], run: (given: Given) => Promise<unknown>): RealCase {
  return fails('release 1.15 does not have it', async (given) => {
    expect(given.tool(...argv)).toMatchObject({ status: 38 });
    await expect(run(given)).rejects.toMatchObject({ reason: 'NOT_IN_RELEASE' });
  });
}

export const disks = {
  init: [
    works('every layout', async ({ runner, disk }) => {
      for (const format of ['expanded', 'preallocated', 'raw'] as const) {
        const { descriptor } = await disk(0, { format, clusterSize: bytes(64 * 1024) });
        expect(await runner.info({ descriptor })).toEqual({
          size: 16 * MIB,
          clusterSize: 64 * 1024,
          version: format === 'raw' ? 0 : 1,
        });
      }
    }),
    works('names with everything that a name can hold', async ({ runner, mountPoint }) => {
      for (const name of ['-f', 'a \'b" $c ;&|*?', 'ä 🎉', '--', 'x\\n']) {
        const directory = join(await mountPoint(), name);
        await mkdir(directory);
        const path = join(directory, `${name}.hdd`);
        const descriptor = join(directory, 'DiskDescriptor.xml');
        await runner.init({ path, size: bytes(MIB), fileSystem: 'none' });
        await runner.snapshot({ descriptor, guid: shotGuid(1) });
        expect((await runner.snapshotList({ descriptor }))[0]).toMatchObject({ file: path });
      }
    }),
    worksMounted('with a file system', async ({ runner, disk }) => {
      const { descriptor } = await disk(0, { ...withFileSystem, eager: true });
      const { size, used } = await runner.infoFileSystem({ descriptor });
      expect(used).toBeLessThan(size);
    }),
    fails('no directory, and no driver for a file system', async ({ runner, disk }) => {
      const { directory } = await disk();
      const input = {
        path: join(directory, 'no', 'x'),
        size: bytes(MIB),
        fileSystem: 'none',
      } as const;
      await expect(runner.init(input)).rejects.toMatchObject({ exitCode: 1, exitName: 'CREAT' });
      await expect(disk(0, { fileSystem: 'ext4' })).rejects.toMatchObject(NO_DRIVER);
    }),
    failsMounted('a file system that does not fit', async ({ disk }) => {
      await expect(disk(0, { fileSystem: 'ext4' })).rejects.toMatchObject({
        exitCode: 24,
        exitName: 'MKFS',
      });
    }),
  ],
  info: [
    works('the parameters', async ({ runner, disk }) => {
      const { descriptor } = await disk();
      expect(await runner.info({ descriptor })).toMatchObject({ size: 16 * MIB, version: 1 });
    }),
    fails('no descriptor, and a broken one', async ({ runner, disk }) => {
      const { descriptor, directory } = await disk();
      await expect(runner.info({ descriptor: nowhere(directory) })).rejects.toMatchObject(
        NO_DESCRIPTOR,
      );
      await writeFile(descriptor, '<a>');
      await expect(runner.info({ descriptor })).rejects.toMatchObject({ exitCode: 23 });
    }),
  ],
  infoDevice: [
    works('not mounted', async ({ runner, disk }) => {
      const { descriptor } = await disk();
      expect(await runner.infoDevice({ descriptor })).toMatchObject({ device: undefined });
    }),
    worksMounted('mounted', async ({ runner, disk }) => {
      const { descriptor } = await disk();
      await runner.mount({ descriptor });
      expect(await runner.infoDevice({ descriptor })).toMatchObject({ device, size: 16 * MIB });
    }),
    fails('a broken descriptor, of which -d alone says nothing', async ({ runner, disk, tool }) => {
      const { descriptor } = await disk();
      await writeFile(descriptor, '<a>');
      expect(tool('-v-1', 'info', '-d', descriptor)).toMatchObject({
        status: 0,
        stdout: 'device:\t\t\n',
      });
      await expect(runner.infoDevice({ descriptor })).rejects.toMatchObject({ exitCode: 23 });
    }),
  ],
  infoFileSystem: [
    worksMounted('mounted, unmounted, and as it was at the last umount', async (given) => {
      const { runner, disk, mountPoint } = given;
      const { descriptor } = await disk(0, withFileSystem);
      const first = await runner.infoFileSystem({ descriptor });
      await runner.mount({ descriptor, mountPoint: await mountPoint() });
      expect(await runner.infoFileSystem({ descriptor })).toEqual(first);
      await runner.umount({ descriptor });
      expect(await runner.infoFileSystem({ descriptor })).toEqual(first);
    }),
    fails('no driver', async ({ runner, disk }) => {
      const { descriptor } = await disk();
      await expect(runner.infoFileSystem({ descriptor })).rejects.toMatchObject({ exitCode: 255 });
    }),
  ],
  check: [
    works('a disk and a snapshot', async ({ runner, disk }) => {
      const { descriptor } = await disk(1);
      expect(await runner.check({ descriptor })).toEqual({ report: [] });
      expect(await runner.check({ descriptor, guid: shotGuid(1) })).toEqual({ report: [] });
    }),
    fails('an unknown snapshot, an unreadable image, an option not respected', async (given) => {
      const { runner, disk } = given;
      const { descriptor, image } = await disk();
      await expect(runner.check({ descriptor, guid: shotGuid(9) })).rejects.toMatchObject(
        NO_DESCRIPTOR,
      );
      await expect(runner.check({ descriptor, force: true })).rejects.toMatchObject({
        code: expect.stringMatching(/OUTPUT|REFUSED/) as unknown,
      });
      await writeFile(image, 'x'.repeat(MIB));
      await expect(runner.check({ descriptor })).rejects.toMatchObject({
        exitCode: 11,
        exitName: 'PLOOPFMT',
      });
    }),
    failsMounted('a mounted disk', async ({ runner, disk }) => {
      const { descriptor } = await disk();
      await runner.mount({ descriptor });
      await expect(runner.check({ descriptor })).rejects.toMatchObject({
        exitCode: 37,
        exitName: 'PLOOPINUSE',
      });
    }),
  ],
  checkImage: [
    works('one image', async ({ runner, disk }) => {
      const { image } = await disk();
      expect(await runner.checkImage({ image })).toEqual({
        report: ['Image is clean, check is skipped'],
      });
      const input = { image, force: true, duplicates: true, repairSparse: true, silent: true };
      expect((await runner.checkImage(input)).report.length).toBeLessThan(3);
      const raw = await disk(0, { format: 'raw' });
      await runner.checkImage({ image: raw.image, raw: { clusterSize: bytes(MIB) } });
    }),
    fails('no image, and a damaged one', async ({ runner, disk }) => {
      const { image, directory } = await disk();
      await expect(runner.checkImage({ image: join(directory, 'no') })).rejects.toMatchObject({
        exitCode: 4,
        exitName: 'OPEN',
      });
      await writeFile(image, 'x'.repeat(MIB));
      await expect(runner.checkImage({ image })).rejects.toMatchObject({ exitCode: 11 });
    }),
    failsMounted('one on a device', async ({ runner, disk }) => {
      const { descriptor, image } = await disk();
      await runner.mount({ descriptor });
      await expect(runner.checkImage({ image })).rejects.toMatchObject({ reason: 'DISK_MOUNTED' });
    }),
  ],
  fscheck: [
    later(['fscheck', '/p/DiskDescriptor.xml'], ({ known }) =>
      known.fscheck({ descriptor: '/p/DiskDescriptor.xml' }),
    ),
  ],
  resize: [
    worksMounted('larger and smaller, mounted and not', async (given) => {
      const { runner, disk, mountPoint } = given;
      const { descriptor } = await disk(0, withFileSystem);
      const size = async (): Promise<number> => (await runner.info({ descriptor })).size;
      await runner.resize({ descriptor, size: bytes(320 * MIB) });
      expect(await size()).toBe(320 * MIB);
      await runner.mount({ descriptor, mountPoint: await mountPoint() });
      await runner.resize({ descriptor, size: bytes(340 * MIB) });
      expect(await size()).toBe(340 * MIB);
    }),
    fails('no driver', async ({ runner, disk }) => {
      const { descriptor } = await disk();
      for (const size of [32 * MIB, 32 * MIB + 512])
        await expect(runner.resize({ descriptor, size: bytes(size) })).rejects.toMatchObject(
          NO_DRIVER,
        );
    }),
    failsMounted('smaller than its data, and than four clusters', async ({ runner, disk }) => {
      const { descriptor } = await disk(0, withFileSystem);
      await expect(runner.resize({ descriptor, size: bytes(8 * MIB) })).rejects.toMatchObject({
        exitCode: 26,
        exitName: 'RESIZE_FS',
      });
      await expect(runner.resize({ descriptor, size: bytes(2 * MIB) })).rejects.toMatchObject(
        PARAM,
      );
    }),
  ],
  grow: [
    works('a disk, and a bare image', async ({ runner, disk, mountPoint }) => {
      const { descriptor, image } = await disk();
      await runner.grow({ descriptor, size: bytes(32 * MIB) });
      expect(await runner.info({ descriptor })).toMatchObject({ size: 32 * MIB });
      expect(await readFile(descriptor, 'utf8')).toContain('<Disk_size>65536<');
      const bare = join(await mountPoint(), 'bare');
      await copyFile(image, bare);
      await runner.grow({ image: bare, size: bytes(48 * MIB) });
    }),
    worksMounted('a device', async ({ runner, disk }) => {
      const { descriptor } = await disk();
      await runner.mount({ descriptor });
      await runner.grow({ device, size: bytes(32 * MIB) });
      expect(await runner.info({ descriptor })).toMatchObject({ size: 32 * MIB });
    }),
    works('a raw disk, into a cluster', async ({ runner, disk }) => {
      const { descriptor, image } = await disk(0, { format: 'raw' });
      await runner.grow({ descriptor, size: bytes(16 * MIB + 4096) });
      expect((await stat(image)).size).toBe(16 * MIB + 4096);
      await runner.snapshot({ descriptor });
    }),
    fails('smaller, into a cluster, and behind its descriptor', async ({ runner, disk }) => {
      const { descriptor, image } = await disk();
      await expect(runner.grow({ descriptor, size: bytes(32 * MIB + 512) })).rejects.toMatchObject({
        reason: 'SIZE_INVALID',
      });
      await expect(runner.grow({ descriptor, size: bytes(8 * MIB) })).rejects.toMatchObject(PARAM);
      await expect(runner.grow({ image, size: bytes(32 * MIB) })).rejects.toMatchObject({
        reason: 'DESCRIPTOR_BYPASSED',
      });
    }),
  ],
  convert: [
    works('every layout, and the version', async ({ runner, disk }) => {
      const { descriptor, image } = await disk();
      await runner.convert({ descriptor, version: 1 });
      await runner.convert({ descriptor, format: 'preallocated' });
      expect((await stat(image)).size).toBeGreaterThan(16 * MIB);
      await runner.convert({ descriptor, format: 'expanded' });
      await runner.convert({ descriptor, format: 'raw' });
      expect(await runner.info({ descriptor })).toMatchObject({ version: 0, size: 16 * MIB });
    }),
    fails('from raw, and version 2 without a driver', async ({ runner, disk }) => {
      const raw = await disk(0, { format: 'raw' });
      await expect(
        runner.convert({ descriptor: raw.descriptor, format: 'expanded' }),
      ).rejects.toMatchObject(PARAM);
      const { descriptor } = await disk();
      await expect(runner.convert({ descriptor, version: 2 })).rejects.toMatchObject(PARAM);
    }),
    failsMounted('a mounted disk', async ({ runner, disk }) => {
      const { descriptor } = await disk();
      await runner.mount({ descriptor });
      await expect(runner.convert({ descriptor, format: 'preallocated' })).rejects.toMatchObject({
        exitCode: 4,
        exitName: 'OPEN',
      });
    }),
  ],
  merge: [
    works('bare images, into the lower and into a new one', async (given) => {
      const { runner, disk, mountPoint } = given;
      const { descriptor, image } = await disk(1);
      const [, top] = await runner.snapshotList({ descriptor });
      const directory = await mountPoint();
      const images = [join(directory, 'top'), join(directory, 'base')];
      await copyFile(top?.file ?? '', images[0] ?? '');
      await copyFile(image, images[1] ?? '');
      await runner.merge({ images });
      await runner.merge({ images, into: join(directory, 'new') });
      expect((await stat(join(directory, 'new'))).isFile()).toBe(true);
    }),
    worksMounted('the levels of a device', async ({ runner, disk }) => {
      const { descriptor } = await disk(1);
      await runner.mount({ descriptor });
      await runner.merge({ device });
    }),
    fails('no such images, and no device', async ({ runner, mountPoint }) => {
      const directory = await mountPoint();
      const images = [join(directory, 'a'), join(directory, 'b')];
      await expect(runner.merge({ images })).rejects.toMatchObject({ code: 'EXIT' });
      await expect(runner.merge({ device: absent })).rejects.toMatchObject({ code: 'EXIT' });
    }),
  ],
  copySend: [
    fails('no device', async ({ runner, mountPoint }) => {
      const file = join(await mountPoint(), 'copy');
      await expect(runner.copySend({ device: absent, file })).rejects.toMatchObject(NO_DRIVER);
      await expect(stat(file)).rejects.toMatchObject({ code: 'ENOENT' });
    }),
  ],
  copyReceive: [
    fails('a broken stream, and none', async ({ runner, mountPoint }) => {
      const file = join(await mountPoint(), 'copy');
      const garbage = Readable.from(['x'.repeat(1000)]);
      await expect(runner.copyReceive({ file, input: garbage })).rejects.toMatchObject({
        exitCode: 13,
        exitName: 'PROTOCOL',
      });
      await expect(runner.copyReceive({ file, input: Readable.from([]) })).rejects.toMatchObject({
        code: 'EXIT',
      });
    }),
    fails('onto a file', async ({ runner, disk }) => {
      const { image } = await disk();
      const input = Readable.from([]);
      await expect(runner.copyReceive({ file: image, input })).rejects.toMatchObject({
        reason: 'TARGET_EXISTS',
      });
    }),
  ],
  replace: [
    works('by GUID and by name, and keeping the name', async ({ runner, disk }) => {
      const { descriptor, image, directory } = await disk(1);
      const file = async (): Promise<string | undefined> =>
        (await runner.snapshotList({ descriptor }))[0]?.file;
      const copy = join(directory, 'copy');
      await copyFile(image, copy);
      await runner.replace({ descriptor, guid: shotGuid(1), replacement: copy });
      expect(await file()).toBe(copy);
      await runner.replace({ descriptor, image: copy, replacement: image });
      expect(await file()).toBe(image);
      const input = { descriptor, guid: shotGuid(1), replacement: copy, keepName: true };
      await runner.replace(input);
      expect(await file()).toBe(image);
      await expect(stat(copy)).rejects.toMatchObject({ code: 'ENOENT' });
    }),
    worksMounted('by level, while it is mounted', async ({ runner, disk }) => {
      const { descriptor, image, directory } = await disk(1);
      const copy = join(directory, 'copy');
      await copyFile(image, copy);
      await runner.mount({ descriptor });
      await runner.replace({ descriptor, level: 0, replacement: copy });
      expect((await runner.snapshotList({ descriptor }))[0]?.file).toBe(copy);
    }),
    fails('another image, an unknown one, a level offline', async ({ runner, disk }) => {
      const { descriptor, directory, image } = await disk();
      const copy = join(directory, 'copy');
      await copyFile(image, copy);
      await expect(
        runner.replace({ descriptor, guid: shotGuid(9), replacement: copy }),
      ).rejects.toMatchObject(PARAM);
      await expect(
        runner.replace({ descriptor, level: 0, replacement: copy }),
      ).rejects.toMatchObject(PARAM);
      const other = await disk(0, { size: bytes(32 * MIB) });
      await expect(
        runner.replace({ descriptor, image, replacement: other.image }),
      ).rejects.toMatchObject({ exitCode: 11, exitName: 'PLOOPFMT' });
    }),
  ],
  restoreDescriptor: [
    works('of an image, and of a raw one', async ({ runner, disk, mountPoint }) => {
      const { image } = await disk();
      const directory = await mountPoint();
      await runner.restoreDescriptor({ directory, image });
      const descriptor = join(directory, 'DiskDescriptor.xml');
      expect(await runner.info({ descriptor })).toMatchObject({ size: 16 * MIB });
      const raw = join(await mountPoint(), 'raw');
      await writeFile(raw, '');
      await truncate(raw, 4 * MIB);
      await runner.restoreDescriptor({
        directory: join(raw, '..'),
        image: raw,
        raw: { clusterSize: bytes(MIB) },
      });
    }),
    fails('no image, no whole clusters, a descriptor that exists', async (given) => {
      const { runner, disk, mountPoint } = given;
      const directory = await mountPoint();
      await expect(
        runner.restoreDescriptor({ directory, image: join(directory, 'no') }),
      ).rejects.toMatchObject({ exitCode: 4, exitName: 'OPEN' });
      const raw = join(directory, 'raw');
      await writeFile(raw, 'x'.repeat(1000));
      await expect(
        runner.restoreDescriptor({ directory, image: raw, raw: {} }),
      ).rejects.toMatchObject(PARAM);
      const made = await disk();
      await expect(
        runner.restoreDescriptor({ directory: made.directory, image: made.image }),
      ).rejects.toMatchObject({ reason: 'TARGET_EXISTS' });
    }),
  ],
  encrypt: [
    later(['encrypt', '-k', 'x', '/p/DiskDescriptor.xml'], ({ known }) =>
      known.encrypt({ descriptor: '/p/DiskDescriptor.xml', key: { id: 'x' } }),
    ),
  ],
} satisfies Partial<Record<CommandName, readonly RealCase[]>>;
