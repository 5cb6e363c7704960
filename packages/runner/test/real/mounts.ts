import { readdir } from 'node:fs/promises';

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
  type RealDisk,
} from './given.ts';

const device = '/dev/ploop0';
/** A device that is not there: the first one can be in use on this machine. */
const absent = '/dev/ploop4000';
const NO_DRIVER = { code: 'EXIT', exitCode: 2, exitName: 'DEVICE' };
const NO_DEVICE = { code: 'EXIT', exitCode: 2 };

async function mounted({ runner, disk }: Given, snapshots = 0): Promise<RealDisk> {
  const made = await disk(snapshots);
  await runner.mount({ descriptor: made.descriptor });
  return made;
}

/** The low-level commands on a device: each fails alike where there is none. */
function noDevice(command: 'start' | 'stop' | 'clear'): RealCase {
  return fails('no device', async ({ runner }) => {
    await expect(runner[command]({ device: absent })).rejects.toMatchObject(NO_DEVICE);
  });
}

export const mounts = {
  mount: [
    worksMounted('the device alone, a snapshot, and a second name', async ({ runner, disk }) => {
      const { descriptor, image } = await disk(1);
      const made = await runner.mount({ descriptor });
      expect(made).toMatchObject({
        device,
        deltas: [{ image, readonly: true }, { readonly: false }],
        partition: undefined,
      });
      await runner.umount({ device: made.device });
      const base = { descriptor, guid: shotGuid(1), readonly: true } as const;
      expect(await runner.mount(base)).toMatchObject({ deltas: [{ image, readonly: true }] });
      await runner.umount({ descriptor });
      expect(await runner.mount({ ...base, component: 'backup' })).toMatchObject({ device });
      expect(await runner.list({})).toMatchObject([{ component: 'backup', images: [image] }]);
      await runner.umount({ descriptor, component: 'backup' });
    }),
    worksMounted('with its file system', async ({ runner, disk, mountPoint }) => {
      const { descriptor } = await disk(0, { size: bytes(300 * MIB), fileSystem: 'ext4' });
      const target = await mountPoint();
      const input = { descriptor, mountPoint: target, fsck: true, mountData: 'noload' };
      expect(await runner.mount(input)).toMatchObject({ device, partition: `${device}p1` });
    }),
    fails('no driver', async ({ runner, disk }) => {
      const { descriptor } = await disk();
      await expect(runner.mount({ descriptor })).rejects.toMatchObject(NO_DRIVER);
    }),
    fails('an unknown snapshot, no descriptor, no directory', async ({ runner, disk }) => {
      const { descriptor, directory } = await disk();
      await expect(runner.mount({ descriptor, guid: shotGuid(9) })).rejects.toMatchObject({
        exitCode: 43,
        exitName: 'NOSNAP',
      });
      await expect(runner.mount({ descriptor: `${directory}/no.xml` })).rejects.toMatchObject({
        exitCode: 39,
        exitName: 'DISKDESCR',
      });
      await expect(
        runner.mount({ descriptor, mountPoint: `${directory}/no` }),
      ).rejects.toMatchObject({ reason: 'DIRECTORY_MISSING' });
    }),
    failsMounted('mounted already, or a snapshot with children for writing', async (given) => {
      const { descriptor } = await mounted(given, 1);
      await expect(given.runner.mount({ descriptor })).rejects.toMatchObject({
        exitCode: 21,
        exitName: 'MOUNT',
      });
      await given.runner.umount({ descriptor });
      await expect(given.runner.mount({ descriptor, guid: shotGuid(1) })).rejects.toMatchObject({
        exitCode: 38,
      });
    }),
  ],
  mountImages: [
    worksMounted('an image without descriptor', async ({ runner, disk }) => {
      const { image } = await disk();
      expect(await runner.mountImages({ images: [image], readonly: true })).toMatchObject({
        device,
        deltas: [{ image, readonly: true }],
      });
      await runner.umount({ image });
    }),
    fails('no driver, and no such image', async ({ runner, disk }) => {
      const { image, directory } = await disk();
      const input = { images: [image], readonly: true };
      await expect(runner.mountImages(input)).rejects.toMatchObject(NO_DRIVER);
      await expect(
        runner.mountImages({ images: [`${directory}/no`], readonly: true }),
      ).rejects.toMatchObject({ exitCode: 21 });
    }),
    fails('behind its descriptor', async ({ runner, disk }) => {
      const { image } = await disk();
      await expect(runner.mountImages({ images: [image] })).rejects.toMatchObject({
        reason: 'DESCRIPTOR_BYPASSED',
      });
    }),
  ],
  umount: [
    worksMounted('by descriptor, device and image', async (given) => {
      const { descriptor, image } = await mounted(given);
      await given.runner.umount({ descriptor });
      await given.runner.mount({ descriptor });
      await given.runner.umount({ device });
      await given.runner.mount({ descriptor });
      await given.runner.umount({ image });
      expect(await given.runner.list({})).toEqual([]);
    }),
    worksMounted('by mount point', async ({ runner, disk, mountPoint }) => {
      const { descriptor } = await disk(0, { size: bytes(300 * MIB), fileSystem: 'ext4' });
      const target = await mountPoint();
      await runner.mount({ descriptor, mountPoint: target });
      await runner.umount({ mountPoint: target });
      expect(await runner.list({})).toEqual([]);
    }),
    fails('not mounted, in every form', async ({ runner, disk, mountPoint }) => {
      const { descriptor, image } = await disk();
      await expect(runner.umount({ descriptor })).rejects.toMatchObject({
        exitCode: 40,
        exitName: 'DEV_NOT_MOUNTED',
      });
      const param = { exitCode: 38, exitName: 'PARAM' };
      await expect(runner.umount({ image })).rejects.toMatchObject(param);
      await expect(runner.umount({ mountPoint: await mountPoint() })).rejects.toMatchObject(param);
      await expect(runner.umount({ device: absent })).rejects.toMatchObject(NO_DEVICE);
    }),
  ],
  start: [
    worksMounted('starts what was stopped', async (given) => {
      await mounted(given);
      await given.runner.stop({ device });
      await given.runner.start({ device });
    }),
    noDevice('start'),
    failsMounted('what runs', async (given) => {
      await mounted(given);
      await expect(given.runner.start({ device })).rejects.toMatchObject({
        exitCode: 3,
        exitName: 'DEVIOC',
      });
    }),
  ],
  stop: [
    worksMounted('stops what runs', async (given) => {
      const { descriptor } = await mounted(given);
      await given.runner.stop({ device });
      await expect(given.runner.infoDevice({ descriptor })).rejects.toMatchObject({
        exitCode: expect.any(Number) as unknown,
      });
    }),
    noDevice('stop'),
    failsMounted('what does not run', async (given) => {
      await mounted(given);
      await given.runner.stop({ device });
      await expect(given.runner.stop({ device })).rejects.toMatchObject({ exitCode: 3 });
    }),
  ],
  clear: [
    worksMounted('takes the deltas off', async (given) => {
      await mounted(given);
      await given.runner.stop({ device });
      await given.runner.clear({ device });
      expect(await given.runner.list({})).toEqual([]);
    }),
    noDevice('clear'),
    failsMounted('what runs', async (given) => {
      await mounted(given);
      await expect(given.runner.clear({ device })).rejects.toMatchObject({ exitCode: 3 });
    }),
  ],
  rm: [
    worksMounted('takes one delta off', async (given) => {
      await mounted(given);
      await given.runner.stop({ device });
      await given.runner.rm({ device, level: 0 });
      expect(await given.runner.list({})).toEqual([]);
    }),
    fails('no device', async ({ runner }) => {
      await expect(runner.rm({ device: absent, level: 0 })).rejects.toMatchObject(NO_DEVICE);
    }),
    failsMounted('what runs', async (given) => {
      await mounted(given);
      await expect(given.runner.rm({ device, level: 0 })).rejects.toMatchObject({ exitCode: 3 });
    }),
  ],
  tsnapshot: [
    worksMounted('of a mounted disk', async (given) => {
      const { descriptor, image } = await mounted(given);
      const input = { descriptor, guid: shotGuid(1), component: 'backup' };
      expect(await given.runner.tsnapshot(input)).toMatchObject({
        guid: shotGuid(1),
        device: '/dev/ploop1',
        deltas: [{ image, readonly: true }],
      });
      await given.runner.umount({ descriptor, component: '~backup' });
    }),
    fails('no driver: the snapshot goes again', async ({ runner, disk }) => {
      const { descriptor } = await disk();
      const input = { descriptor, guid: shotGuid(1), component: 'backup' };
      await expect(runner.tsnapshot(input)).rejects.toMatchObject(NO_DRIVER);
      expect(await runner.snapshotList({ descriptor })).toHaveLength(1);
    }),
  ],
  list: [
    works('no device, or those of the machine', async ({ runner }) => {
      const names = (await readdir('/sys/block')).filter((name) => /^ploop\d+$/.test(name));
      const listed = (await runner.list({})).map(({ device: name }) => name);
      expect(listed.toSorted()).toEqual(names.toSorted());
    }),
    worksMounted('devices with and without mount points', async ({ runner, disk, mountPoint }) => {
      const made = await disk(0, { size: bytes(300 * MIB), fileSystem: 'ext4' });
      await runner.mount({ descriptor: made.descriptor, mountPoint: await mountPoint() });
      expect(await runner.list({})).toEqual([
        { device: 'ploop0', images: [made.image], mountPoint: undefined, component: undefined },
      ]);
      // A blank in a name beside a mount point cannot be read: it is told, not guessed.
      await expect(runner.list({ mountPoints: true })).rejects.toMatchObject({ code: 'OUTPUT' });
    }),
  ],
  stat: [
    worksMounted('the counters', async (given) => {
      await mounted(given);
      const counters = await given.runner.stat({ device });
      expect(counters).toMatchObject({ bio_in: 0n });
      await given.runner.stat({ device, set: 'zero' });
      await given.runner.stat({ device, set: { bio_in: 5n } });
    }),
    fails('no device', async ({ runner }) => {
      await expect(runner.stat({ device: absent })).rejects.toMatchObject({
        exitCode: 9,
        exitName: 'SYSFS',
      });
    }),
  ],
} satisfies Partial<Record<CommandName, readonly RealCase[]>>;
