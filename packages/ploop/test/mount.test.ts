import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

import { describe, expect, test } from 'vitest';

import { createRunner, isNotMounted, openDisk, umountDevice, umountPath } from '../src/index.ts';
import { ASKED } from './asked.ts';
import { hasKernel } from './kernel/world.ts';
import { machine } from './machine.ts';

const MIB = 2 ** 20;

describe.skipIf(!hasKernel)('a disk with the real tool on the stand-in', () => {
  test('is mounted and unmounted with its file system', async () => {
    const { disk, target, directory } = await machine('ext4');
    expect(await disk.isMounted()).toBe(false);
    expect(await disk.mount({ target })).toEqual({
      device: '/dev/ploop0',
      partition: '/dev/ploop0p1',
      mountPoint: target,
    });
    expect(await disk.isMounted()).toBe(true);
    expect(await disk.mounts()).toMatchObject([{ device: '/dev/ploop0', mountPoint: target }]);
    await expect(disk.mount({ target })).rejects.toMatchObject({
      exitName: 'MOUNT',
      leftBehind: [],
    });
    expect(await disk.umount()).toEqual({ device: '/dev/ploop0', mountPoint: target });
    expect(await disk.isMounted()).toBe(false);
    expect(await readFile(join(directory, '.statfs'))).toHaveLength(40);
    const failure: unknown = await disk.umount().catch((error: unknown) => error);
    expect(isNotMounted(failure)).toBe(true);
  });

  test('is put on a device alone, which carries its mark', async () => {
    const { disk } = await machine();
    expect(await disk.mount()).toEqual({ device: '/dev/ploop0' });
    expect(await disk.imageInfo()).toMatchObject({ size: 64 * MIB, mark: { state: 'in-use' } });
    expect(await disk.umount()).toEqual({ device: '/dev/ploop0' });
    expect(await disk.imageInfo()).toMatchObject({ mark: { state: 'closed' } });
  });

  test('is mounted several times under names, each by its snapshot', async () => {
    const { disk } = await machine();
    const { guid } = await disk.snapshot();
    await disk.mount();
    await expect(disk.mount({ guid, component: 'a' })).rejects.toMatchObject({
      reason: 'PARENT_IS_SHARED',
    });
    const shown = { guid: guid.toUpperCase(), readonly: true };
    expect(await disk.mount({ ...shown, component: 'a' })).toEqual({ device: '/dev/ploop1' });
    expect(await disk.mount({ ...shown, component: 'b' })).toEqual({ device: '/dev/ploop2' });
    expect(await disk.mounts()).toMatchObject([
      { device: '/dev/ploop0', component: '', readonly: false },
      { device: '/dev/ploop1', component: 'a', guid, readonly: true },
      { device: '/dev/ploop2', component: 'b', guid, readonly: true },
    ]);
    expect(await disk.umount({ component: 'b' })).toEqual({ device: '/dev/ploop2' });
    await disk.umount();
    expect(await disk.isMounted()).toBe(false);
    const failure: unknown = await disk.umount({ component: 'b' }).catch((error: unknown) => error);
    expect(isNotMounted(failure)).toBe(true);
    expect(await disk.umount({ component: 'a' })).toEqual({ device: '/dev/ploop1' });
  });

  test('is unmounted by its device and by where it is mounted', async () => {
    const { disk, target, runner } = await machine('ext4');
    await disk.mount({ target });
    await umountDevice('/dev/ploop0p1', { runner });
    await disk.mount({ target });
    await umountPath(target, { runner });
    expect(await disk.mounts()).toEqual([]);
    for (const again of [
      () => umountPath(target, { runner }),
      () => umountDevice('/dev/ploop7', { runner }),
    ]) {
      const failure: unknown = await again().catch((error: unknown) => error);
      expect(isNotMounted(failure)).toBe(true);
    }
  });

  test('is not on a device where its file system could not be mounted', async () => {
    const { disk, target, fault } = await machine('ext4');
    fault('mount', 'EINVAL');
    await expect(disk.mount({ target })).rejects.toMatchObject({
      exitName: 'MOUNT',
      leftBehind: [],
    });
    expect(await disk.mounts()).toEqual([]);
    fault('mount');
    await disk.mount({ target });
    expect(await disk.isMounted()).toBe(true);
  });

  test('stays mounted where the file system is busy', async () => {
    const { disk, target, fault } = await machine('ext4');
    await disk.mount({ target });
    fault('umount', 'EBUSY');
    await expect(disk.umount()).rejects.toMatchObject({ exitName: 'UMOUNT', leftBehind: [] });
    expect(await disk.mounts()).toMatchObject([{ mountPoint: target }]);
    fault('umount');
    await disk.umount();
  });

  test('stays on its device where that cannot be stopped, and the error says so', async () => {
    const { disk, target, fault } = await machine('ext4');
    await disk.mount({ target });
    fault('stop', 'EIO');
    await expect(disk.umount()).rejects.toMatchObject({
      code: 'EXIT',
      leftBehind: ['/dev/ploop0, its file system unmounted'],
    });
    expect(await disk.mounts()).toMatchObject([{ mountPoint: undefined }]);
    fault('stop');
    expect(await disk.umount()).toEqual({ device: '/dev/ploop0' });
  });

  test('is not mounted where there is no directory', async () => {
    const { disk, directory } = await machine();
    for (const target of [join(directory, 'missing'), disk.descriptorPath])
      await expect(disk.mount({ target })).rejects.toMatchObject({ reason: 'DIRECTORY_MISSING' });
    expect(await disk.mounts()).toEqual([]);
  });

  test.each(['not a GUID', '{44444444-4444-4444-4444-444444444444}'])(
    'is not mounted by a snapshot %s',
    async (guid) => {
      const { disk } = await machine();
      await expect(disk.mount({ guid })).rejects.toMatchObject({ code: 'REFUSED' });
    },
  );

  test('is mounted once where several programs try at a time', async () => {
    const { disk, target, env, roots } = await machine('ext4');
    const others = await Promise.all(
      [1, 2, 3].map(() =>
        openDisk(disk.descriptorPath, { runner: createRunner({ env, ...ASKED }), roots }),
      ),
    );
    const ends = await Promise.allSettled(others.map((other) => other.mount({ target })));
    const failures = ends.filter((end) => end.status === 'rejected');
    expect(failures).toHaveLength(2);
    for (const { reason } of failures) expect(reason).toMatchObject({ exitName: 'MOUNT' });
    expect(await disk.mounts()).toMatchObject([{ running: true, mountPoint: target }]);
    await disk.umount();
  });

  test('is mounted or not where the mount is cancelled, and the error says what is left', async () => {
    const { disk, target } = await machine('ext4');
    for (const afterMs of [0, 5, 20, 60, 150]) {
      const signal = AbortSignal.timeout(afterMs);
      const end = await disk.mount({ target, signal }).then(
        () => 'mounted' as const,
        (error: unknown) => error,
      );
      const mounts = await disk.mounts();
      if (end !== 'mounted') expect(end).toMatchObject({ code: 'ABORTED' });
      expect(mounts).toHaveLength(end === 'mounted' ? 1 : 0);
      if (mounts.length > 0) await disk.umount();
    }
  });
});
