import { spawnSync } from 'node:child_process';
import { copyFile, readFile, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';

import { bytes, NIL_GUID, parseGuid, TOP_GUID } from '@ploop/descriptor';
import { hasTool } from '@ploop/test-kit';
import { describe, expect, test } from 'vitest';

import { hasKernel } from '../../ploop/test/kernel/world.ts';
import { shotGuid, withDriver, withoutDriver, MIB, type ByHand } from './real/given.ts';

const UPPER_TOP = parseGuid(TOP_GUID.toUpperCase()) ?? NIL_GUID;
const TIB = 1024 ** 4;
const DONE = { status: 0 };

/** The tool's own view of a disk: what is left of it. */
function isBroken({ status }: ByHand): boolean {
  return status !== 0;
}

/** Each test does by hand what the runner refuses, and shows the damage that the refusal spares. */
describe.skipIf(!hasTool)('what the tool does, and the runner refuses', () => {
  test('TARGET_EXISTS: init deletes an image that has no descriptor', async () => {
    const { runner, tool, mountPoint } = withoutDriver();
    const path = join(await mountPoint(), 'root.hdd');
    await writeFile(path, 'precious');
    const input = { path, size: bytes(MIB), fileSystem: 'none' } as const;
    await expect(runner.init(input)).rejects.toMatchObject({ reason: 'TARGET_EXISTS' });
    expect(await readFile(path, 'utf8')).toBe('precious');
    expect(tool('init', '-s', '1M', '-t', 'none', path).status).toBe(38);
    await expect(readFile(path)).rejects.toMatchObject({ code: 'ENOENT' });
  });

  test('SIZE_INVALID: a disk of 3 TiB is made with 1 TiB, and grown to 1 TiB', async () => {
    const { runner, tool, disk, mountPoint } = withoutDriver();
    const directory = await mountPoint();
    const path = join(directory, 'root.hdd');
    const size = bytes(3 * TIB);
    await expect(runner.init({ path, size, fileSystem: 'none' })).rejects.toMatchObject({
      reason: 'SIZE_INVALID',
    });
    expect(tool('init', '-s', '3T', '-v', '1', '-t', 'none', path)).toMatchObject(DONE);
    const made = join(directory, 'DiskDescriptor.xml');
    expect(await runner.info({ descriptor: made })).toMatchObject({ size: TIB });

    const { descriptor } = await disk();
    await expect(runner.grow({ descriptor, size })).rejects.toMatchObject({
      reason: 'SIZE_INVALID',
    });
    expect(tool('grow', '-s', '3T', descriptor)).toMatchObject(DONE);
    expect(await runner.info({ descriptor })).toMatchObject({ size: TIB });
    expect(await readFile(descriptor, 'utf8')).toContain(`<Disk_size>${String(3 * 2 ** 31)}<`);
  });

  test('SNAPSHOT_IS_TOP: switching to the top in upper case leaves no base', async () => {
    const { runner, tool, disk } = withoutDriver();
    const { descriptor } = await disk(1);
    await expect(runner.snapshotSwitch({ descriptor, guid: UPPER_TOP })).rejects.toMatchObject({
      reason: 'SNAPSHOT_IS_TOP',
    });
    expect(tool('snapshot-switch', '-u', UPPER_TOP, descriptor)).toMatchObject(DONE);
    expect(isBroken(tool('check', descriptor))).toBe(true);
  });

  test('SNAPSHOT_IS_TOP: deleting the top loses its data', async () => {
    const { runner, tool, disk } = withoutDriver();
    const { descriptor } = await disk(1);
    const [, top] = await runner.snapshotList({ descriptor });
    await expect(runner.snapshotDelete({ descriptor, guid: TOP_GUID })).rejects.toMatchObject({
      reason: 'SNAPSHOT_IS_TOP',
    });
    expect(tool('snapshot-delete', '-u', TOP_GUID, descriptor)).toMatchObject(DONE);
    await expect(readFile(top?.file ?? '')).rejects.toMatchObject({ code: 'ENOENT' });
  });

  test('GUID_INVALID: below a snapshot of zeros is nothing', async () => {
    const { runner, tool, disk } = withoutDriver();
    const { descriptor } = await disk();
    await expect(runner.snapshot({ descriptor, guid: NIL_GUID })).rejects.toMatchObject({
      reason: 'GUID_INVALID',
    });
    expect(tool('snapshot', '-u', NIL_GUID, descriptor)).toMatchObject(DONE);
    const rows = await runner.snapshotList({ descriptor });
    expect(rows.map(({ parentGuid }) => parentGuid)).toEqual([NIL_GUID, NIL_GUID]);
    expect(tool('snapshot-merge', descriptor)).toMatchObject({
      status: 38,
      stderr: expect.stringContaining('is that a base image?') as unknown,
    });
  });

  test('GUID_INVALID: a merge into another spelling', async () => {
    const { runner, disk } = withoutDriver();
    const { descriptor } = await disk(1);
    await expect(runner.snapshotMerge({ descriptor, guid: UPPER_TOP })).rejects.toMatchObject({
      reason: 'GUID_INVALID',
      hint: `Give ${TOP_GUID}.`,
    });
  });

  test('not offered: switching with -D writes the top twice', async () => {
    const { runner, tool, disk } = withoutDriver();
    const { descriptor } = await disk(1);
    expect(tool('snapshot-switch', '-D', '-u', shotGuid(1), descriptor)).toMatchObject(DONE);
    const tops = (await runner.snapshotList({ descriptor })).filter(
      ({ guid }) => guid === TOP_GUID,
    );
    expect(tops).toHaveLength(2);
  });

  test('not offered: info -d alone knows of no device where the descriptor is broken', async () => {
    const { tool, disk } = withoutDriver();
    const { descriptor } = await disk();
    await writeFile(descriptor, '<a>');
    expect(tool('-v-1', 'info', '-d', descriptor)).toMatchObject({
      status: 0,
      stdout: 'device:\t\t\n',
    });
  });

  test('NOT_IN_RELEASE: merging into a new file crashes 1.15 half-way', async () => {
    const { runner, known, tool, disk } = withoutDriver();
    const { descriptor, directory } = await disk(1);
    const into = join(directory, 'new');
    const refused = { reason: 'NOT_IN_RELEASE' };
    await expect(known.snapshotMerge({ descriptor, into })).rejects.toMatchObject(refused);
    await expect(runner.snapshotMerge({ descriptor, into })).rejects.toMatchObject(refused);
    expect(tool('snapshot-merge', '-n', into, descriptor)).toMatchObject({ signal: 'SIGSEGV' });
    await known.snapshotMerge({ descriptor, all: true, into: `${into}2` });
    expect((await runner.snapshotList({ descriptor }))[0]?.file).toBe(`${into}2`);
  });

  test('PARENT_IS_SHARED: merging where there are branches', async () => {
    const { runner, disk } = withoutDriver();
    const { descriptor } = await disk(2);
    await runner.snapshotSwitch({ descriptor, guid: shotGuid(1) });
    const refused = { reason: 'PARENT_IS_SHARED' };
    await expect(runner.snapshotMerge({ descriptor })).rejects.toMatchObject(refused);
    await expect(runner.snapshotMerge({ descriptor, all: true })).rejects.toMatchObject(refused);
    expect(await runner.snapshotList({ descriptor })).toHaveLength(3);
  });

  test('DISK_HAS_SNAPSHOTS: the image that is listed first becomes raw, here the top', async () => {
    const { runner, tool, disk } = withoutDriver();
    const { descriptor } = await disk(1);
    for (const format of ['raw', 'preallocated'] as const)
      await expect(runner.convert({ descriptor, format })).rejects.toMatchObject({
        reason: 'DISK_HAS_SNAPSHOTS',
      });
    const xml = await readFile(descriptor, 'utf8');
    const [base = '', top = ''] = xml.match(/<Image>[^]*?<\/Image>/g) ?? [];
    await writeFile(descriptor, xml.replace(base, 'BASE').replace(top, base).replace('BASE', top));
    expect(isBroken(tool('check', descriptor))).toBe(false);
    expect(tool('convert', '-f', 'raw', descriptor)).toMatchObject(DONE);
    expect(isBroken(tool('check', descriptor))).toBe(true);
  });

  test('DISK_IS_RAW: another version of a raw disk is a success that did nothing', async () => {
    const { runner, tool, disk } = withoutDriver();
    const { descriptor } = await disk(0, { format: 'raw' });
    await expect(runner.convert({ descriptor, version: 1 })).rejects.toMatchObject({
      reason: 'DISK_IS_RAW',
    });
    expect(tool('convert', '-v', '1', descriptor)).toMatchObject({
      status: 0,
      stdout: 'ploop image has been successfully converted\n',
    });
    expect(await runner.info({ descriptor })).toMatchObject({ version: 0 });
  });

  test('DESCRIPTOR_BYPASSED: a merge of images gives a snapshot the data of a later one', async () => {
    const { runner, tool, disk, mountPoint } = withoutDriver();
    const { descriptor, image } = await disk(1, { format: 'raw' });
    const [, top] = await runner.snapshotList({ descriptor });
    const images = [top?.file ?? '', image];
    await expect(runner.merge({ images })).rejects.toMatchObject({ reason: 'DESCRIPTOR_BYPASSED' });
    const link = join(await mountPoint(), 'link');
    await symlink(image, link);
    const linked = { code: 'REFUSED', reason: 'PATH_INVALID' };
    await expect(runner.merge({ images: [top?.file ?? '', link] })).rejects.toMatchObject(linked);
    await expect(runner.grow({ image: link, size: bytes(32 * MIB) })).rejects.toMatchObject(linked);
    await expect(runner.mountImages({ images: [link] })).rejects.toMatchObject(linked);
    await expect(runner.checkImage({ image: link })).rejects.toMatchObject(linked);
    const write = ['-f', 'parallels', '-c', 'write -P 0xaa 0 512', top?.file ?? ''];
    expect(spawnSync('qemu-io', write, { stdio: 'ignore' })).toMatchObject(DONE);
    expect((await readFile(image))[0]).toBe(0);
    expect(tool('merge', '-f', 'raw', ...images)).toMatchObject(DONE);
    expect((await readFile(image))[0]).toBe(0xaa);
    expect((await runner.snapshotList({ descriptor }))[0]).toMatchObject({
      guid: shotGuid(1),
      file: image,
    });
  });

  test('IMAGE_IN_DISK: replacing the base by the top makes one image of two', async () => {
    const { runner, tool, disk, mountPoint } = withoutDriver();
    const { descriptor, directory } = await disk(1);
    const replacement = (await runner.snapshotList({ descriptor }))[1]?.file ?? '';
    await expect(
      runner.replace({ descriptor, guid: shotGuid(1), replacement }),
    ).rejects.toMatchObject({ reason: 'IMAGE_IN_DISK' });
    const link = join(await mountPoint(), 'link');
    await symlink(directory, link);
    const linked = { descriptor: join(link, 'DiskDescriptor.xml'), guid: shotGuid(1) };
    await expect(
      runner.replace({ ...linked, replacement: join(link, basename(replacement)) }),
    ).rejects.toMatchObject({ reason: 'IMAGE_IN_DISK' });
    expect(tool('replace', '-u', shotGuid(1), '-i', replacement, descriptor)).toMatchObject(DONE);
    const files = (await runner.snapshotList({ descriptor })).map(({ file }) => file);
    expect(files).toEqual([replacement, replacement]);
  });

  test('IMAGE_IS_DELTA: a delta restored as a disk has lost what is below it', async () => {
    const { runner, tool, disk, mountPoint } = withoutDriver();
    const { descriptor } = await disk(1);
    const delta = (await runner.snapshotList({ descriptor }))[1]?.file ?? '';
    const directory = await mountPoint();
    await expect(runner.restoreDescriptor({ directory, image: delta })).rejects.toMatchObject({
      reason: 'IMAGE_IS_DELTA',
    });
    expect(tool('restore-descriptor', directory, delta)).toMatchObject(DONE);
    const restored = { descriptor: join(directory, 'DiskDescriptor.xml') };
    expect(await runner.snapshotList(restored)).toHaveLength(1);
  });

  test('DELTAS_BESIDE: a base restored beside its deltas makes the oldest state the disk', async () => {
    const { runner, tool, disk } = withoutDriver();
    const { descriptor, directory, image } = await disk(2);
    const listed = await runner.snapshotList({ descriptor });
    await rename(descriptor, `${descriptor}.lost`);
    await expect(runner.restoreDescriptor({ directory, image })).rejects.toMatchObject({
      reason: 'DELTAS_BESIDE',
      message: expect.stringContaining('and 1 more') as unknown,
    });
    expect(tool('restore-descriptor', directory, image)).toMatchObject(DONE);
    expect(await runner.snapshotList({ descriptor })).toMatchObject([{ file: image }]);
    await rm(descriptor);
    await runner.restoreDescriptor({ directory, image, alone: true });
    const [base] = listed;
    expect(await runner.snapshotList({ descriptor })).toMatchObject([{ file: base?.file }]);
  });
});

describe.skipIf(!hasKernel)('what the tool does to a mounted disk, and the runner refuses', () => {
  test('DISK_MOUNTED: a check writes to an image that the driver writes to', async () => {
    const { runner, tool, disk } = withDriver();
    const { descriptor, image } = await disk();
    await runner.mount({ descriptor });
    await expect(runner.checkImage({ image, dropInUse: true })).rejects.toMatchObject({
      reason: 'DISK_MOUNTED',
    });
    expect((await readFile(image)).subarray(0x2c, 0x30).toString()).toBe('Ynot');
    expect(tool('check', '-d', image)).toMatchObject({ status: 0, stdout: `Reopen rw ${image}\n` });
    expect((await readFile(image)).subarray(0x2c, 0x30).toString()).not.toBe('Ynot');
  });

  test('DISK_MOUNTED: a second mount marks the live image as closed, then fails', async () => {
    const { runner, tool, disk } = withDriver();
    const { descriptor, image } = await disk();
    await runner.mount({ descriptor });
    await expect(runner.mount({ descriptor, component: 'other' })).rejects.toMatchObject({
      reason: 'DISK_MOUNTED',
    });
    expect((await readFile(image)).subarray(0x2c, 0x30).toString()).toBe('Ynot');
    expect(tool('mount', '-c', 'other', descriptor).status).not.toBe(0);
    expect((await readFile(image)).subarray(0x2c, 0x30).toString()).not.toBe('Ynot');
  });

  test('DISK_IS_RAW: a raw disk made smaller offline cannot be mounted again', async () => {
    const { runner, tool, disk, mountPoint } = withDriver();
    const made = await disk(0, { format: 'raw', size: bytes(500 * MIB), fileSystem: 'ext4' });
    const { descriptor } = made;
    const size = bytes(400 * MIB);
    await expect(runner.resize({ descriptor, size })).rejects.toMatchObject({
      reason: 'DISK_IS_RAW',
    });
    expect(tool('resize', '-s', '400M', descriptor)).toMatchObject(DONE);
    // The partition ends before its file system does.
    expect(tool('mount', '-F', '-m', await mountPoint(), descriptor)).toMatchObject({ status: 41 });
  });

  test('DIRECTORY_MISSING: nothing is put on a device for a mount that cannot be', async () => {
    const { runner, disk } = withDriver();
    const { descriptor, directory } = await disk();
    await expect(
      runner.mount({ descriptor, mountPoint: join(directory, 'no') }),
    ).rejects.toMatchObject({ reason: 'DIRECTORY_MISSING' });
    expect(await runner.list({})).toEqual([]);
  });

  test('OUTPUT: a replacement that keeps the name is rolled back, with exit code 0', async () => {
    const { runner, disk } = withDriver();
    const { descriptor, image, directory } = await disk(1);
    const replacement = join(directory, 'copy');
    await copyFile(image, replacement);
    await runner.mount({ descriptor });
    await expect(
      runner.replace({ descriptor, level: 0, replacement, keepName: true }),
    ).rejects.toMatchObject({ code: 'OUTPUT' });
    expect((await runner.snapshotList({ descriptor }))[0]?.file).toBe(image);
  });
});

describe.skipIf(!hasKernel)('what the tool does to a disk on a device that it does not see', () => {
  test('DISK_MOUNTED: a device with a name goes on writing to what is changed', async () => {
    const { runner, tool, disk, mountPoint } = withDriver();
    const { descriptor, directory } = await disk(2);
    const copy = join(await mountPoint(), 'copy');
    await copyFile(join(directory, 'root.hdd'), copy);
    await runner.mount({ descriptor, component: 'other' });
    const [top] = (await runner.snapshotList({ descriptor })).slice(-1);
    const guid = shotGuid(1);
    const changes = {
      snapshot: () => runner.snapshot({ descriptor }),
      delete: () => runner.snapshotDelete({ descriptor, guid: shotGuid(2) }),
      merge: () => runner.snapshotMerge({ descriptor }),
      switch: () => runner.snapshotSwitch({ descriptor, guid }),
      resize: () => runner.resize({ descriptor, size: bytes(32 * MIB) }),
      grow: () => runner.grow({ descriptor, size: bytes(32 * MIB) }),
      convert: () => runner.convert({ descriptor, version: 1 }),
      replace: () => runner.replace({ descriptor, guid, replacement: copy }),
      mount: () => runner.mount({ descriptor }),
      tsnapshot: () => runner.tsnapshot({ descriptor, guid: shotGuid(3), component: 'backup' }),
    };
    for (const change of Object.values(changes))
      await expect(change()).rejects.toMatchObject({ reason: 'DISK_MOUNTED' });
    expect(await runner.snapshotList({ descriptor })).toHaveLength(3);
    expect((await readFile(top?.file ?? '')).subarray(0x2c, 0x30).toString()).toBe('Ynot');

    expect(tool('snapshot-switch', '-u', guid, descriptor)).toMatchObject(DONE);
    await expect(readFile(top?.file ?? '')).rejects.toMatchObject({ code: 'ENOENT' });
  });

  test('a device with a name that only reads is in nobody’s way', async () => {
    const { runner, disk } = withDriver();
    const { descriptor } = await disk(1);
    await runner.mount({ descriptor, guid: shotGuid(1), component: 'other', readonly: true });
    await runner.snapshot({ descriptor });
    expect(await runner.snapshotList({ descriptor })).toHaveLength(3);
  });

  test('DISK_MOUNTED: images behind a linked directory grow under the device', async () => {
    const { runner, tool, disk, mountPoint } = withDriver();
    const { descriptor, directory } = await disk(1);
    const [base, top] = await runner.snapshotList({ descriptor });
    await runner.mount({ descriptor });
    await rename(descriptor, join(await mountPoint(), 'DiskDescriptor.xml'));
    const link = join(await mountPoint(), 'link');
    await symlink(directory, link);
    const images = [top, base].map((shot) => join(link, basename(shot?.file ?? '')));
    const before = await readFile(base?.file ?? '');
    await expect(runner.merge({ images })).rejects.toMatchObject({ reason: 'DISK_MOUNTED' });
    const [image = ''] = images.slice(-1);
    await expect(runner.checkImage({ image })).rejects.toMatchObject({ reason: 'DISK_MOUNTED' });
    expect(before.equals(await readFile(base?.file ?? ''))).toBe(true);
    const size = bytes(32 * MIB);
    await expect(runner.grow({ image, size })).rejects.toMatchObject({ reason: 'DISK_MOUNTED' });
    expect(tool('grow', '-s', '32M', image)).toMatchObject(DONE);
    expect(before.equals(await readFile(base?.file ?? ''))).toBe(false);
  });
});
