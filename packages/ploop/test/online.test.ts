import { execFileSync } from 'node:child_process';
import { copyFile, open, readFile } from 'node:fs/promises';
import { join } from 'node:path';

import { describe, expect, test } from 'vitest';

import { TOP_GUID, type FsInfo } from '../src/index.ts';
import { hasKernel } from './kernel/world.ts';
import { machine, type Machine } from './machine.ts';
import { toolIn } from './tool.ts';

const MIB = 2 ** 20;
const FIRST = '{11111111-1111-4111-8111-111111111111}';
const SECOND = '{22222222-2222-4222-8222-222222222222}';

/** Writes a text to the disk, through its device. */
async function write({ roots }: Machine, offset: number, text: string): Promise<void> {
  const device = await open(join(roots.dev, 'ploop0'), 'r+');
  await device.write(text, offset);
  await device.close();
}

/** Reads a text from the disk as another program, qemu-img, finds it in the only image. */
async function readBack({ directory }: Machine, offset: number, length: number): Promise<string> {
  const raw = join(directory, 'raw');
  const image = join(directory, 'root.hdd');
  execFileSync('qemu-img', ['convert', '-f', 'parallels', '-O', 'raw', image, raw]);
  const handle = await open(raw);
  const { buffer } = await handle.read(Buffer.alloc(length), 0, length, offset);
  await handle.close();
  return buffer.toString();
}

describe.skipIf(!hasKernel)('a mounted disk with the real tool on the stand-in', () => {
  test('tells of its file system what the tool does', async () => {
    const { disk, target, env, roots } = await machine('ext4');
    await disk.mount({ target });
    // The stand-in shows the file system to programs that it is preloaded into.
    const program = join(import.meta.dirname, 'programs', 'fs-info.mjs');
    const argv = [program, disk.descriptorPath, JSON.stringify(roots)];
    const output = execFileSync(process.execPath, argv, { env: { ...process.env, ...env } });
    const [info, same] = JSON.parse(output.toString()) as FsInfo[];
    expect(same).toMatchObject({ ...info, ageMs: expect.any(Number) as number });
    expect(info).toMatchObject({ source: 'mount', blockSize: 4096, stale: false });
    await disk.umount();
    const { blocks, blocksFree, inodes, inodesFree } = await disk.fsInfo();
    expect(info).toMatchObject({ blocks, blocksFree, inodes, inodesFree });
  });

  test('takes snapshots, and deletes and merges them', async () => {
    const made = await machine();
    const { disk, directory } = made;
    await disk.mount();
    await write(made, 0, 'zero');
    await write(made, 10 * MIB, 'zero');
    const first = await disk.snapshot({ guid: FIRST });
    await write(made, 10 * MIB, 'one!');
    const second = await disk.snapshot({ guid: SECOND });
    await write(made, 20 * MIB, 'two!');
    expect(await disk.topDelta()).toBe(second.topDelta);
    const images = [join(directory, 'root.hdd'), first.topDelta, second.topDelta];
    expect(await disk.mounts()).toMatchObject([{ images, guid: TOP_GUID }]);

    await expect(disk.switchSnapshot(FIRST)).rejects.toMatchObject({ exitName: 'PARAM' });
    expect(await disk.snapshots()).toHaveLength(3);

    expect(await disk.deleteSnapshot(FIRST)).toEqual({ outcome: 'merged' });
    expect(await disk.mounts()).toMatchObject([{ images: [images[0], images[2]] }]);
    expect(await disk.mergeSnapshot()).toEqual({ guid: TOP_GUID, file: images[0] });
    expect(await disk.mounts()).toMatchObject([{ images: [images[0]] }]);
    await disk.umount();
    expect(await readBack(made, 0, 4)).toBe('zero');
    expect(await readBack(made, 10 * MIB, 4)).toBe('one!');
    expect(await readBack(made, 20 * MIB, 4)).toBe('two!');
  });

  test('keeps a snapshot that another device shows', async () => {
    const { disk } = await machine();
    await disk.mount();
    await disk.snapshot({ guid: FIRST });
    await disk.mount({ guid: FIRST, readonly: true, component: 'backup' });
    await expect(disk.deleteSnapshot(FIRST)).rejects.toMatchObject({ code: 'EXIT' });
    expect(await disk.snapshots()).toHaveLength(2);
    await disk.umount({ component: 'backup' });
    expect(await disk.deleteSnapshot(FIRST)).toEqual({ outcome: 'merged' });
  });

  test('is not changed while a device that the tool does not see writes to it', async () => {
    const { disk, runner, env, directory } = await machine();
    const { descriptorPath: descriptor } = disk;
    await disk.snapshot({ guid: FIRST });
    const descriptorBefore = await readFile(descriptor, 'utf8');
    await disk.mount({ component: 'guest' });
    const copy = join(directory, 'copy');
    await copyFile(join(directory, 'root.hdd'), copy);
    for (const change of [
      () => disk.snapshot(),
      () => disk.switchSnapshot(FIRST),
      () => disk.deleteSnapshot(FIRST),
      () => disk.mergeSnapshot(),
      () => disk.resize(128 * MIB),
      () => disk.replace({ target: { guid: FIRST }, file: copy }),
      () => disk.mount(),
      () => disk.mount({ component: 'other' }),
    ])
      await expect(change()).rejects.toMatchObject({ reason: 'DISK_MOUNTED' });
    expect(await readFile(descriptor, 'utf8')).toBe(descriptorBefore);
    expect(await disk.imageInfo()).toMatchObject({ mark: { state: 'in-use' } });

    // Without us the tool does it, and the snapshot goes on changing.
    await expect(runner.snapshot({ descriptor })).rejects.toMatchObject({ reason: 'DISK_MOUNTED' });
    expect(toolIn(env)('snapshot', descriptor).status).toBe(0);
    expect((await disk.mounts())[0]?.images?.at(-1)).not.toBe(await disk.topDelta());
  });

  test('marks a snapshot with two children temporary, and later changes merge it', async () => {
    const { disk } = await machine();
    await disk.snapshot({ guid: FIRST });
    await disk.snapshot({ guid: SECOND });
    await disk.switchSnapshot(FIRST);
    await disk.mount();
    expect(await disk.deleteSnapshot(FIRST)).toEqual({ outcome: 'marked-temporary' });
    expect(await disk.deleteSnapshot(SECOND)).toEqual({ outcome: 'deleted' });
    await disk.umount();
    expect(await disk.snapshots()).toHaveLength(1);
  });

  test('loses no top: it is neither deleted nor discarded', async () => {
    const { disk } = await machine();
    await disk.snapshot({ guid: FIRST });
    await disk.mount();
    await expect(disk.deleteSnapshot(TOP_GUID)).rejects.toMatchObject({ code: 'REFUSED' });
    await expect(disk.deleteSnapshot(TOP_GUID, { discardTop: true })).rejects.toMatchObject({
      code: 'EXIT',
    });
    expect(await disk.snapshots()).toHaveLength(2);
  });
});
