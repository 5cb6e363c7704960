import { mkdir, readdir, rm } from 'node:fs/promises';
import { basename, join } from 'node:path';

import { sample, temporaryDirectory } from '@ploop/test-kit';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import {
  createDisk,
  createRunner,
  deviceOfMountPoint,
  isPloopError,
  listDevices,
  type Disk,
  type Roots,
} from '../src/index.ts';
import { ASKED } from './asked.ts';
import { hasKernel, world } from './kernel/world.ts';
import { toolIn, type Said } from './tool.ts';

const MIB = 2 ** 20;
type Tool = (...argv: readonly string[]) => Said;

/** What `info -s -d` says, where it says something. */
function infoOf(tool: Tool, disk: Disk) {
  const { status, stdout, stderr } = tool('-v-1', 'info', '-s', '-d', disk.descriptorPath);
  const match = /^size:\t+(\d+)\nblocksize:\t+(\d+)\nfmt_version:\t+(\d)\ndevice:\t+(\S*)\n$/.exec(
    stdout,
  );
  const [, size, blockSize, version, device] = match ?? [];
  if (status !== 0 || match === null) return { status, stderr };
  return {
    status,
    device,
    info: {
      size: Number(size) * 512,
      clusterSize: Number(blockSize) * 512,
      version: Number(version),
    },
  };
}

/** Rows of `list`: device, base image, component. */
function listOf(tool: Tool): readonly string[] {
  return tool('list')
    .stdout.split('\n')
    .filter((line) => line !== '')
    .map((line) => line.replace(/ +/, ' ').trimEnd())
    .sort();
}

/** Every read against what the tool says. */
async function agree(tool: Tool, disk: Disk, roots: Partial<Roots>): Promise<void> {
  const told = infoOf(tool, disk);
  if (told.info !== undefined) {
    expect(await disk.imageInfo()).toMatchObject(told.info);
    expect(disk.imageInfoSync()).toMatchObject(told.info);
    expect(await disk.isMounted()).toBe(told.device !== '');
    expect(disk.isMountedSync()).toBe(told.device !== '');
  } else {
    // Release 1.15 refuses the parameters of an image that is marked in use, which any device but its own may do.
    expect(told).toMatchObject({ status: 4, stderr: expect.stringContaining('in use') as string });
    expect((await disk.imageInfo()).mark?.state).toBe('in-use');
  }
  const devices = await listDevices({ roots });
  const rows = devices.map(({ device, images, component }) =>
    [basename(device), images?.[0], component].join('  ').trim().replace(/ +/, ' ').trimEnd(),
  );
  expect([...rows].sort()).toEqual(listOf(tool));
  expect(disk.mountsSync()).toEqual(await disk.mounts());
  expect(disk.mountsSync().map(({ device }) => device)).toEqual(
    devices.map(({ device }) => device),
  );
  const listed = tool('-v-1', 'snapshot-list', '-H', '-o', 'fname', disk.descriptorPath).stdout;
  const files = disk.snapshotsSync().map(({ file }) => file);
  expect(files).toEqual(listed.trimEnd().split('\n'));
  const marked = tool('-v-1', 'snapshot-list', '-H', '-o', 'current,fname', disk.descriptorPath);
  const top = marked.stdout.split('\n').find((line) => /^ *\*/.test(line));
  expect(top?.replace(/^ *\* +/, '')).toBe(await disk.topDelta());
}

const STEPS = {
  mount: () => ['mount'],
  'mount-ro': () => ['mount', '-r'],
  'mount-snapshot': (guid: string) => ['mount', '-r', '-u', guid],
  'mount-component': (guid: string) => ['mount', '-r', '-c', 'backup', '-u', guid],
  umount: () => ['umount'],
  'umount-component': () => ['umount', '-c', 'backup'],
  snapshot: () => ['snapshot'],
  switch: (guid: string) => ['snapshot-switch', '-u', guid],
  delete: (guid: string) => ['snapshot-delete', '-u', guid],
  merge: () => ['snapshot-merge'],
  resize: () => ['resize', '-s', '8M'],
} as const satisfies Record<string, (guid: string) => readonly string[]>;

const NAMES = Object.keys(STEPS) as readonly (keyof typeof STEPS)[];

const lives = fc.array(fc.tuple(fc.constantFrom(...NAMES), fc.nat({ max: 30 })), {
  minLength: 1,
  maxLength: 14,
});

describe.skipIf(!hasKernel)('the real tool with a driver', () => {
  test('and our reads agree on a disk that is mounted, changed and unmounted', async () => {
    const { env, roots } = world();
    const tool = toolIn(env);
    const directory = await temporaryDirectory();
    const target = join(directory, 'a mount point');
    await mkdir(target);
    const disk = await createDisk({
      path: join(directory, 'root.hdd'),
      size: 384 * MIB,
      runner: createRunner({ env, ...ASKED }),
      roots,
    });
    const fresh = await disk.fsInfo();
    expect(fresh).toMatchObject({ source: 'superblock', stale: false });
    expect(disk.fsInfoSync()).toEqual(fresh);

    expect(tool('mount', '-m', target, disk.descriptorPath).status).toBe(0);
    await agree(tool, disk, roots);
    expect(disk.mountsSync()).toMatchObject([
      { device: '/dev/ploop0', partition: '/dev/ploop0p1', mountPoint: target },
    ]);
    expect((await deviceOfMountPoint(target, { roots }))?.device).toBe('/dev/ploop0');
    expect(await disk.fsInfo()).toMatchObject({ source: 'mount' });
    expect(await disk.isMounted({ ask: 'tool' })).toBe(true);
    expect(await disk.fsInfo({ ask: 'tool' })).toMatchObject({ source: 'mount' });

    expect(tool('snapshot', disk.descriptorPath).status).toBe(0);
    await agree(tool, disk, roots);
    expect(tool('resize', '-s', '512M', disk.descriptorPath).status).toBe(0);
    await agree(tool, disk, roots);
    expect(disk.imageInfoSync().size).toBe(512 * MIB);
    expect(tool('umount', disk.descriptorPath).status).toBe(0);
    await agree(tool, disk, roots);
    expect(disk.isMountedSync()).toBe(false);

    expect(await disk.isMounted({ ask: 'tool' })).toBe(false);
    const noted = await disk.fsInfo();
    expect(noted).toMatchObject({ source: '.statfs', stale: false });
    const { blockSize, blocks, blocksFree, inodes, inodesFree } = noted;
    const [size = 0, used = 0, all = 0, taken = 0] = (
      tool('-v-1', 'info', disk.descriptorPath).stdout.match(/\b\d+(?=\s)/g) ?? []
    ).map(Number);
    expect([(blocks * blockSize) / 1024, ((blocks - blocksFree) * blockSize) / 1024]).toEqual([
      size,
      used,
    ]);
    expect([inodes, inodes - inodesFree]).toEqual([all, taken]);
    await rm(join(directory, '.statfs'));
    expect(await disk.fsInfo()).toMatchObject({ blockSize, inodes, inodesFree, blocksFree });
  });

  test('and our reads agree after every step of any life with mounts', async () => {
    const parent = await temporaryDirectory();
    let steps = 0;
    let mounted = 0;
    await fc.assert(
      fc.asyncProperty(lives, async (life) => {
        const { env, roots } = world();
        const tool = toolIn(env);
        for (const name of await readdir(parent)) await rm(join(parent, name), { recursive: true });
        const runner = createRunner({ env, ...ASKED });
        const disk = await createDisk({
          path: join(parent, 'root.hdd'),
          size: 4 * MIB,
          clusterSize: 2 ** 15,
          fileSystem: 'none',
          runner,
          roots,
        });
        for (const [name, pick] of life) {
          const snapshots = disk.snapshotsSync();
          const guid = snapshots[pick % snapshots.length]?.guid ?? '';
          // What the tool refuses leaves the disk as it was; whatever it does, the reads must tell.
          tool(...STEPS[name](guid), disk.descriptorPath);
          steps += 1;
          await agree(tool, disk, roots).catch((error: unknown) => {
            if (isPloopError(error)) throw new Error(`after ${name}: ${error.message}`);
            throw error;
          });
          mounted += disk.mountsSync().length > 0 ? 1 : 0;
        }
      }),
      sample('lives with mounts', 2),
    );
    console.info(`lives with mounts: ${String(steps)} steps, ${String(mounted)} of them mounted`);
  });
});
