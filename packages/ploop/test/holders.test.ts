import { rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import type { ExecOutcome } from '@ploop/runner';
import { descriptorXml, temporaryDirectory, testGuid } from '@ploop/test-kit';
import { expect, test } from 'vitest';

import {
  createRunner,
  openDisk,
  type Disk,
  type OpenDiskOptions,
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

const MIB = 2 ** 20;
const SPEC = 'size:\t\t131072\nblocksize:\t2048\nfmt_version:\t1\n';

function outcome(text: string, exitCode = 0): ExecOutcome {
  const nothing = { text: '', droppedBytes: 0 };
  return {
    exitCode,
    cancelled: false,
    timedOut: false,
    stdout: { ...nothing, text },
    stderr: nothing,
  };
}

interface Setup extends Kernel {
  readonly directory: string;
  readonly image: string;
  /** How often the tool was asked for devices. */
  readonly asked: () => number;
  readonly open: (options?: OpenDiskOptions) => Promise<Disk>;
}

/** A disk on a machine; the tool lists what `listed` says, or fails with an exit code. */
async function setup(listed: (image: string) => string | number, tree: Tree = {}): Promise<Setup> {
  const directory = await temporaryDirectory();
  const image = join(directory, 'root.hdd');
  await writeFile(image, imageBytes());
  await writeFile(join(directory, 'DiskDescriptor.xml'), descriptorXml([{ file: 'root.hdd' }]));
  const machine = await kernel(tree);
  let asked = 0;
  const runner = createRunner({
    release: { from: '9.0.30', to: '9.0.30' },
    exec: ({ argv }) => {
      if (argv.includes('list')) {
        asked += 1;
        const said = listed(image);
        return Promise.resolve(typeof said === 'number' ? outcome('', said) : outcome(said));
      }
      const row = `${testGuid(0)} * ${testGuid(0)} ${image}\n`;
      const spec = argv.includes('-d') ? `${SPEC}device:\t\t\n` : SPEC;
      return Promise.resolve(outcome(argv.includes('snapshot-list') ? row : spec));
    },
  });
  return {
    ...machine,
    directory,
    image,
    asked: () => asked,
    open: (options) => openDisk(directory, { roots: machine.roots, runner, ...options }),
  };
}

/** What comes of a change that a device is in the way of, and of one that the tool makes on a device that it sees. */
async function fateOf(disk: Disk): Promise<readonly string[]> {
  const convert = await disk.plan.convert({ version: 2 });
  const resize = await disk.plan.resize(128 * MIB);
  return [convert, resize].map(({ outcome, refusals }) => refusals[0]?.code ?? outcome);
}

async function withoutSys({ roots }: { readonly roots: Roots }): Promise<void> {
  await rm(roots.sys, { recursive: true });
}

const PARTITIONS = (name: string): Tree => ({
  'proc/partitions': `major minor  #blocks  name\n\n 254        0  268435456 vda\n 253        0       1024 ${name}\n`,
});

test('where there is no /sys, and no device that could be one, a disk is changed', async () => {
  const machine = await setup(() => 1, PARTITIONS('vdb'));
  await withoutSys(machine);
  expect(await fateOf(await machine.open())).toEqual(['called', 'called']);
});

test.each(['ploop12345', 'ploop0p1', 'dm-0'])(
  'where there is no /sys, but %s, the tool has to say',
  async (name) => {
    const answers: Record<string, string | number> = {
      none: '',
      other: 'ploop5\t/other/root.hdd\n',
      fails: 1,
    };
    for (const [answer, said] of Object.entries(answers)) {
      const machine = await setup(() => said, PARTITIONS(name));
      await withoutSys(machine);
      const fate = answer === 'fails' ? 'MOUNT_UNKNOWN' : 'called';
      expect(await fateOf(await machine.open())).toEqual([fate, fate]);
      const sure = await machine.open({ assumeUnmounted: true });
      expect(await fateOf(sure)).toEqual(['called', 'called']);
    }
    const named = await setup((image) => `ploop5\t${image}\tbackup\n`, PARTITIONS(name));
    await withoutSys(named);
    expect(await fateOf(await named.open())).toEqual(['DISK_MOUNTED', 'DISK_MOUNTED']);
    // What the tool says is not an assumption.
    const sure = await named.open({ assumeUnmounted: true });
    expect(await fateOf(sure)).toEqual(['DISK_MOUNTED', 'DISK_MOUNTED']);
  },
);

test('where there is neither /sys nor /proc nothing is assumed', async () => {
  const machine = await setup(() => 1);
  await withoutSys(machine);
  await rm(machine.roots.proc, { recursive: true });
  expect(await fateOf(await machine.open())).toEqual(['MOUNT_UNKNOWN', 'MOUNT_UNKNOWN']);
});

test('what cannot be read of the kernel is not passed over', async () => {
  const machine = await setup(() => 1);
  const block = join(machine.roots.sys, 'block');
  await rm(block, { recursive: true });
  await symlink('block', block);
  expect(await fateOf(await machine.open())).toEqual(['MOUNT_UNKNOWN', 'MOUNT_UNKNOWN']);
});

test('a machine without devices does not ask the tool', async () => {
  const machine = await setup(() => 1);
  const disk = await machine.open();
  expect((await disk.plan.resize(128 * MIB)).outcome).toBe('called');
  // The guard of the runner, which goes on.
  expect(machine.asked()).toBe(1);
});

test.each<[string, (image: string) => string | number, Tree, readonly string[]]>([
  ['of another disk', () => 'ploop12345\t/other/root.hdd\n', {}, ['called', 'called']],
  ['that the tool sees', (image) => `ploop12345\t${image}\n`, {}, ['DISK_MOUNTED', 'called']],
  [
    'with a name',
    (image) => `ploop12345\t${image}\tbackup\n`,
    {},
    ['DISK_MOUNTED', 'DISK_MOUNTED'],
  ],
  ['that nobody knows', () => 5, {}, ['MOUNT_UNKNOWN', 'MOUNT_UNKNOWN']],
])('a device-mapper device %s', async (_name, listed, more, fate) => {
  const machine = await setup(listed, { ...mappedDeviceTree({}), ...more });
  expect(await fateOf(await machine.open())).toEqual(fate);
});

test('a device-mapper device under a path that the tool does not compare', async () => {
  const real = await temporaryDirectory();
  const machine = await setup(() => `ploop12345\t${join(real, 'x')}\n`, mappedDeviceTree({}));
  await rm(machine.image);
  await writeFile(join(real, 'x'), imageBytes());
  await symlink(join(real, 'x'), machine.image);
  expect(await fateOf(await machine.open({ confine: false }))).toEqual([
    'DISK_MOUNTED',
    'DISK_MOUNTED',
  ]);
});

test('a device that names the image through a bind mount, which the tool does not see', async () => {
  const machine = await setup(() => '');
  const { directory, write } = machine;
  const fields = { images: ['/vz/private/root.hdd'], partition: true };
  await write({
    ...blockDeviceTree(fields),
    'proc/self/mountinfo': mountinfo([
      ['8:2', '/private', '/vz/private', '/dev/sda2'],
      ['8:2', '/private', directory, '/dev/sda2'],
    ]),
  });
  expect(await fateOf(await machine.open())).toEqual(['DISK_MOUNTED', 'DISK_MOUNTED']);
  await write({
    'proc/self/mountinfo': mountinfo([
      ['8:2', '/private', '/vz/private', '/dev/sda2'],
      ['8:2', '/other', directory, '/dev/sda2'],
    ]),
  });
  expect(await fateOf(await machine.open())).toEqual(['called', 'called']);
});

test('a device that writes under the path that the tool compares', async () => {
  const machine = await setup(() => '');
  await machine.write(blockDeviceTree({ images: [machine.image] }));
  expect(await fateOf(await machine.open())).toEqual(['DISK_MOUNTED', 'called']);
  await machine.write({
    ...blockDeviceTree({ images: [machine.image], cookie: 'x' }),
    'sys/block/ploop0/pdelta/0/ro': '1\n',
  });
  expect(await fateOf(await machine.open())).toEqual(['DISK_MOUNTED', 'called']);
  await machine.write({ 'sys/block/ploop0/pdelta/0/ro': '0\n' });
  expect(await fateOf(await machine.open())).toEqual(['DISK_MOUNTED', 'DISK_MOUNTED']);
});

test('a machine without a mount that has the paths, with a device of another disk', async () => {
  const machine = await setup(() => 1, {
    ...blockDeviceTree({ images: ['/other/root.hdd'] }),
    'proc/self/mountinfo': '',
  });
  expect(await fateOf(await machine.open())).toEqual(['called', 'called']);
});

test('a machine whose mounts cannot be read, with a device of another disk', async () => {
  for (const [said, fate] of [
    ['', 'called'],
    [1, 'MOUNT_UNKNOWN'],
  ] as const) {
    const machine = await setup(() => said, blockDeviceTree({ images: ['/other/root.hdd'] }));
    await rm(join(machine.roots.proc, 'self'), { recursive: true });
    expect(await fateOf(await machine.open())).toEqual([fate, fate]);
  }
});
