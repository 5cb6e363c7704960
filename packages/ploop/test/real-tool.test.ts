import { execFileSync } from 'node:child_process';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';

import { serializeDescriptor } from '@ploop/descriptor';
import { hasTool, temporaryDirectory } from '@ploop/test-kit';
import { describe, expect, test } from 'vitest';

import {
  createDisk,
  createRunner,
  listDevices,
  NIL_GUID,
  TOP_GUID,
  type Disk,
} from '../src/index.ts';
import { ASKED } from './asked.ts';

const MIB = 2 ** 20;
const FIRST = '{11111111-1111-4111-8111-111111111111}';
const SECOND = '{22222222-2222-4222-8222-222222222222}';

const runner = createRunner(ASKED);

async function newDisk(): Promise<{ disk: Disk; directory: string; path: string }> {
  const directory = await temporaryDirectory();
  const path = join(directory, 'root.hdd');
  const disk = await createDisk({ path, size: 64 * MIB, fileSystem: 'none', runner });
  return { disk, directory, path };
}

describe.skipIf(!hasTool)('the real tool', () => {
  test('makes a disk that reads say is new', async () => {
    const { disk, directory, path } = await newDisk();
    expect(disk.descriptorPath).toBe(join(directory, 'DiskDescriptor.xml'));
    expect(await disk.topDelta()).toBe(path);
    expect(await disk.images()).toEqual([{ guid: TOP_GUID, file: path }]);
    expect(await disk.imageInfo()).toMatchObject({ size: 64 * MIB, clusterSize: MIB });
    expect(await disk.snapshots()).toEqual([
      { guid: TOP_GUID, parentGuid: NIL_GUID, temporary: false, current: true, file: path },
    ]);
  });

  test.each([
    { format: 'raw' as const, size: 10 * MIB },
    { format: 'preallocated' as const, size: 10 * MIB, clusterSize: MIB / 4 },
    { format: 'expanded' as const, size: 10 * MIB + 512, clusterSize: 8 * MIB },
  ])('and we agree on the parameters of %o', async (options) => {
    const directory = await temporaryDirectory();
    const path = join(directory, 'x.hdd');
    const disk = await createDisk({ path, fileSystem: 'none', runner, ...options });
    const reported = await runner.info({ descriptor: disk.descriptorPath });
    expect(await disk.imageInfo()).toMatchObject({ ...reported, differences: [] });
    await disk.snapshot();
    expect(disk.imageInfoSync()).toMatchObject(
      await runner.info({ descriptor: disk.descriptorPath }),
    );
  });

  test('a snapshot, given or made up', async () => {
    const { disk, path } = await newDisk();
    const first = await disk.snapshot({ guid: FIRST.slice(1, -1).toUpperCase() });
    expect(first).toEqual({ guid: FIRST, topDelta: await disk.topDelta() });
    expect(first.topDelta.startsWith(`${path}.{`)).toBe(true);
    const second = await disk.snapshot();
    expect(await disk.images()).toEqual([
      { guid: FIRST, file: path },
      { guid: second.guid, file: first.topDelta },
      { guid: TOP_GUID, file: second.topDelta },
    ]);
    await expect(disk.snapshot({ guid: FIRST })).rejects.toMatchObject({
      code: 'EXIT',
      exitName: 'PARAM',
    });
    for (const guid of [TOP_GUID, NIL_GUID, 'x'])
      await expect(disk.snapshot({ guid })).rejects.toMatchObject({ reason: 'GUID_INVALID' });
  });

  test('a switch discards the top', async () => {
    const { disk } = await newDisk();
    await disk.snapshot({ guid: FIRST });
    const { topDelta: discarded } = await disk.snapshot({ guid: SECOND });
    const { topDelta } = await disk.switchSnapshot(FIRST.toUpperCase());
    expect(topDelta).not.toBe(discarded);
    expect(await disk.topDelta()).toBe(topDelta);
    expect((await disk.images()).map(({ guid }) => guid)).toEqual([FIRST, TOP_GUID]);
  });

  test('the top is not switched to, in no spelling: the tool would destroy the disk', async () => {
    const { disk } = await newDisk();
    await disk.snapshot();
    const before = await disk.snapshots();
    for (const guid of [TOP_GUID, TOP_GUID.toUpperCase()])
      await expect(disk.switchSnapshot(guid)).rejects.toMatchObject({ reason: 'SNAPSHOT_IS_TOP' });
    expect(await disk.snapshots()).toEqual(before);
  });

  test('a deletion deletes, merges or marks', async () => {
    const { disk } = await newDisk();
    await disk.snapshot({ guid: FIRST });
    await disk.snapshot({ guid: SECOND });
    await disk.switchSnapshot(FIRST);
    expect(await disk.deleteSnapshot(FIRST)).toEqual({ outcome: 'marked-temporary' });
    expect((await disk.snapshots())[0]).toMatchObject({ guid: FIRST, temporary: true });
    await expect(disk.deleteSnapshot(FIRST)).rejects.toMatchObject({
      exitCode: 1,
      hint: expect.stringContaining('temporary') as unknown,
    });
    expect(await disk.deleteSnapshot(SECOND)).toEqual({ outcome: 'deleted' });
    await disk.snapshot({ guid: SECOND });
    expect(await disk.deleteSnapshot(SECOND)).toEqual({ outcome: 'merged' });
    expect(await disk.snapshots()).toHaveLength(1);
  });

  test('the top is deleted only when that is asked for', async () => {
    const { disk, path } = await newDisk();
    await disk.snapshot();
    await expect(disk.deleteSnapshot(TOP_GUID)).rejects.toMatchObject({
      reason: 'SNAPSHOT_IS_TOP',
    });
    expect(await disk.deleteSnapshot(TOP_GUID, { discardTop: true })).toEqual({
      outcome: 'deleted',
    });
    expect(await disk.topDelta()).toBe(path);
  });

  test('a merge keeps the upper GUID and the lower file', async () => {
    const { disk, path } = await newDisk();
    await disk.snapshot({ guid: FIRST });
    await disk.snapshot({ guid: SECOND });
    expect(await disk.mergeSnapshot(SECOND)).toEqual({ guid: SECOND, file: path });
    expect(await disk.mergeSnapshot()).toEqual({ guid: TOP_GUID, file: path });
    await expect(disk.mergeSnapshot()).rejects.toMatchObject({ exitName: 'PARAM' });
  });

  test('an unknown snapshot is refused before the tool is asked', async () => {
    const { disk } = await newDisk();
    for (const act of [disk.switchSnapshot, disk.deleteSnapshot, disk.mergeSnapshot])
      await expect(act(FIRST)).rejects.toMatchObject({ reason: 'SNAPSHOT_UNKNOWN' });
  });

  test('a disk is not made over another: what is there stays', async () => {
    const { path, directory } = await newDisk();
    const image = await readFile(path);
    const again = { path, size: 64 * MIB, fileSystem: 'none' as const };
    await expect(createDisk(again)).rejects.toMatchObject({ reason: 'TARGET_EXISTS' });
    const beside = { ...again, path: join(directory, 'other.hdd') };
    await expect(createDisk(beside)).rejects.toMatchObject({ reason: 'TARGET_EXISTS' });
    expect(await readFile(path)).toEqual(image);
    expect((await readdir(directory)).sort()).toEqual(['DiskDescriptor.xml', 'root.hdd']);
  });

  test('of several disks made in one directory at a time one is made, whole', async () => {
    for (let round = 0; round < 3; round += 1) {
      const directory = await temporaryDirectory();
      const names = ['root.hdd', 'root.hdd', 'other.hdd', 'third.hdd'];
      const results = await Promise.allSettled(
        names.map((name) =>
          createDisk({ path: join(directory, name), size: MIB, fileSystem: 'none' }),
        ),
      );
      const made = results.flatMap((result) =>
        result.status === 'fulfilled' ? [result.value] : [],
      );
      const refused = results.flatMap((result) =>
        result.status === 'rejected' ? [result.reason as unknown] : [],
      );
      expect(made).toHaveLength(1);
      expect(refused).toMatchObject(refused.map(() => ({ reason: 'TARGET_EXISTS' })));
      const topDelta = (await made[0]?.topDelta()) ?? '';
      expect((await readdir(directory)).sort()).toEqual(
        ['DiskDescriptor.xml', basename(topDelta)].sort(),
      );
    }
  });

  test('a disk that cannot be made leaves nothing behind', async () => {
    const directory = await temporaryDirectory();
    const path = join(directory, 'root.hdd');
    const failure = createDisk({ path, size: 2 * MIB, fileSystem: 'ext4' });
    await expect(failure).rejects.toMatchObject({ code: 'EXIT' });
    expect(await readdir(directory)).toEqual([]);
    const nowhere = createDisk({ path: join(directory, 'no', 'x'), size: MIB, fileSystem: 'none' });
    await expect(nowhere).rejects.toMatchObject({ reason: 'PATH_INVALID' });
  });

  test('changes asked for at a time are made in turn, and each returns what it did', async () => {
    const { disk } = await newDisk();
    await disk.snapshot({ guid: FIRST });
    await disk.snapshot({ guid: SECOND });
    await disk.switchSnapshot(FIRST);
    const [leaf, parent] = await Promise.all([
      disk.deleteSnapshot(SECOND),
      disk.deleteSnapshot(FIRST),
    ]);
    expect([leaf.outcome, parent.outcome]).toEqual(['deleted', 'merged']);
    const taken = await Promise.all(Array.from({ length: 4 }, () => disk.snapshot()));
    const files = (await disk.images()).map(({ file }) => file);
    expect(taken.map(({ topDelta }) => topDelta)).toEqual(files.slice(1));
  });

  test('image info is right while the disk changes', async () => {
    const { disk } = await newDisk();
    const progress = { done: false };
    const changes = (async () => {
      for (let round = 0; round < 15; round += 1) {
        await disk.snapshot();
        await disk.mergeSnapshot();
      }
      progress.done = true;
    })();
    while (!progress.done) {
      const infos = await Promise.all([disk.imageInfo(), disk.imageInfo(), disk.imageInfo()]);
      for (const info of infos) expect(info).toMatchObject({ size: 64 * MIB, clusterSize: MIB });
    }
    await changes;
  });

  test.each(["it's a disk", '-f', ' ', 'ä ✓ \u{1F4BE}', '$(id);&<>"', 'x.lck', '{x}', ']]>'])(
    'a directory and an image called %j',
    async (name) => {
      const directory = await temporaryDirectory(`ploop ${name.replaceAll('/', '')}`);
      const path = join(directory, name);
      const disk = await createDisk({ path, size: MIB, fileSystem: 'none' });
      const { topDelta } = await disk.snapshot();
      expect((await disk.images()).map(({ file }) => file)).toEqual([path, topDelta]);
      const rows = await runner.snapshotList({ descriptor: disk.descriptorPath });
      expect(rows.map(({ file }) => file)).toEqual([path, topDelta]);
      const text = await readFile(disk.descriptorPath, 'utf8');
      expect(serializeDescriptor(await disk.descriptor())).toBe(text);
    },
  );

  test('a descriptor that breaks meanwhile is reported as such', async () => {
    const { disk } = await newDisk();
    await writeFile(disk.descriptorPath, '<a>');
    await expect(disk.snapshots()).rejects.toMatchObject({ code: 'XML_SYNTAX' });
    await expect(disk.mergeSnapshot()).rejects.toMatchObject({ code: 'XML_SYNTAX' });
    await expect(disk.snapshot()).rejects.toMatchObject({ code: 'XML_SYNTAX' });
  });

  test('the built package works in an empty environment, where the bare tool of release 1.15 crashes', async () => {
    const directory = await temporaryDirectory();
    const program = join(import.meta.dirname, 'programs', 'life.mjs');
    const PATH = process.env['PATH'] ?? '';
    const argv = ['-i', `PATH=${PATH}`, process.execPath, program, directory];
    expect(execFileSync('env', argv, { encoding: 'utf8' })).toBe('2 shots, top root.hdd.{…}\n');
  });

  test('the reads of the built package may neither start a process nor write', async () => {
    const { disk } = await newDisk();
    await disk.snapshot();
    const program = join(import.meta.dirname, 'programs', 'reads.mjs');
    const [major = 0] = process.versions.node.split('.').map(Number);
    const permission = major >= 24 ? '--permission' : '--experimental-permission';
    const argv = ['--no-warnings', permission, '--allow-fs-read=*', program, disk.descriptorPath];
    const told = JSON.parse(execFileSync(process.execPath, argv, { encoding: 'utf8' })) as unknown;
    expect(told).toEqual({
      topDelta: await disk.topDelta(),
      images: await disk.images(),
      snapshots: await disk.snapshots(),
      imageInfo: await disk.imageInfo(),
      isMounted: false,
      mounts: [],
      fsInfo: 'FILE_SYSTEM_UNKNOWN',
      devices: await listDevices(),
      process: 'ERR_ACCESS_DENIED',
    });
  });
});
