import { execFileSync } from 'node:child_process';
import { copyFile, readFile, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { commands, type Runner } from '@ploop/runner';
import { descriptorXml, hasTool, temporaryDirectory, testGuid } from '@ploop/test-kit';
import { describe, expect, test } from 'vitest';

import {
  createDisk,
  createRunner,
  openDisk,
  planCall,
  receiveCopy,
  restoreDescriptor,
  umountDevice,
  umountPath,
  type Disk,
  type MutationPlan,
} from '../src/index.ts';
import { imageBytes } from './header.ts';
import { hasKernel } from './kernel/world.ts';
import { machine } from './machine.ts';

const MIB = 2 ** 20;
/** The plan of a mutation that calls the tool. */
const CALLED = { outcome: 'called', refusals: [], warnings: [], actions: [] };
const FIRST = '{11111111-1111-4111-8111-111111111111}';

/** Methods that change nothing and have no `…Sync` form. */
const NO_PLAN: Readonly<Record<string, string>> = {
  watch: 'looks',
  discardStats: 'asks the tool for numbers',
  dirtyBitmaps: 'reads the top delta',
};

/** A call of each method that has a plan, which the tool would be called for. */
const CALLS: Readonly<
  Record<keyof Disk['plan'], (methods: Disk['plan'], copy: string) => Promise<unknown>>
> = {
  mount: (plan) => plan.mount({ readonly: true, component: 'x' }),
  umount: (plan) => plan.umount(),
  resize: (plan) => plan.resize(128 * MIB),
  replace: (plan, file) => plan.replace({ target: { level: 0 }, file, keepName: true }),
  snapshot: (plan) => plan.snapshot(),
  switchSnapshot: (plan) => plan.switchSnapshot(FIRST, { keepOldTop: true }),
  deleteSnapshot: (plan) => plan.deleteSnapshot(FIRST),
  mergeSnapshot: (plan) => plan.mergeSnapshot(),
  convert: (plan) => plan.convert({ format: 'raw' }),
  check: (plan) => plan.check(),
  encrypt: (plan) => plan.encrypt({ key: { id: 'key' } }),
  temporarySnapshot: (plan) => plan.temporarySnapshot({ component: 'x' }),
  discard: (plan) => plan.discard(),
  setMaxDeltaSize: (plan) => plan.setMaxDeltaSize(64 * MIB),
  grow: (plan) => plan.grow(128 * MIB),
  dropCbt: (plan) => plan.dropCbt(),
  dumpCbt: (plan, file) => plan.dumpCbt({ file: `${file}.cbt` }),
  sendCopy: (plan, file) => plan.sendCopy({ file: `${file}.sent` }),
};

/** What they come to with release 1.15 on a disk with a snapshot that is not mounted; and what differs where it is. */
const OUTCOMES: Readonly<Record<keyof Disk['plan'], string>> = {
  mount: 'called',
  umount: 'DISK_NOT_MOUNTED',
  resize: 'called',
  replace: 'replaced',
  snapshot: 'created',
  switchSnapshot: 'switched',
  deleteSnapshot: 'merged',
  mergeSnapshot: 'merged',
  convert: 'DISK_HAS_SNAPSHOTS',
  check: 'called',
  encrypt: 'NOT_IN_RELEASE',
  temporarySnapshot: 'called',
  discard: 'DISK_NOT_MOUNTED',
  setMaxDeltaSize: 'written',
  grow: 'called',
  // By its usages 1.15 cannot be distinguished from the first releases of 7, which have it.
  dropCbt: 'NOT_IN_RELEASE',
  dumpCbt: 'NOT_IN_RELEASE',
  sendCopy: 'DISK_NOT_MOUNTED',
};
const MOUNTED: Partial<typeof OUTCOMES> = {
  mount: 'DISK_MOUNTED',
  umount: 'called',
  switchSnapshot: 'DISK_MOUNTED',
  convert: 'DISK_MOUNTED',
  check: 'DISK_MOUNTED',
  encrypt: 'DISK_MOUNTED',
  setMaxDeltaSize: 'DISK_MOUNTED',
  discard: 'called',
  sendCopy: 'called',
};

async function contentOf(directory: string): Promise<unknown> {
  const names = (await readdir(directory, { withFileTypes: true })).filter(
    (entry) => entry.isFile() && !entry.name.endsWith('.lck'),
  );
  return Promise.all(
    names.map(async ({ name }) => [name, await readFile(join(directory, name), 'latin1')]),
  );
}

test('each method of a disk that changes something has a plan, or is none', async () => {
  const directory = await temporaryDirectory();
  await writeFile(join(directory, 'DiskDescriptor.xml'), descriptorXml([{}]));
  const disk = await openDisk(directory);
  const methods = Object.entries(disk)
    .filter(([, member]) => typeof member === 'function')
    .map(([name]) => name);
  const isRead = (name: string): boolean =>
    name.endsWith('Sync') || methods.includes(`${name}Sync`);
  const changing = methods.filter((name) => !isRead(name) && !(name in NO_PLAN));
  expect(changing.sort()).toEqual(Object.keys(disk.plan).sort());
  expect(changing).toEqual(Object.keys(CALLS).sort());
  expect(Object.keys(NO_PLAN).filter((name) => !methods.includes(name))).toEqual([]);
});

describe.skipIf(!hasKernel)('on the stand-in', () => {
  test('no plan changes anything, on a mounted disk or not', async () => {
    const { disk, directory, target, roots } = await machine();
    await disk.snapshot({ guid: FIRST });
    const copy = join(directory, 'copy');
    const [base] = await disk.images();
    execFileSync('cp', [base?.file ?? '', copy]);
    for (const mounted of [false, true]) {
      if (mounted) await disk.mount();
      const look = async (): Promise<unknown> => [
        await contentOf(directory),
        await readdir(join(roots.sys, 'block')),
        await disk.mounts(),
        await readdir(target),
      ];
      const before = await look();
      const outcomes: Record<string, unknown> = {};
      for (const [name, plan] of Object.entries(CALLS)) {
        const made = (await plan(disk.plan, copy)) as MutationPlan;
        outcomes[name] = made.refusals[0]?.code ?? made.outcome;
      }
      expect(outcomes).toEqual({ ...OUTCOMES, ...(mounted ? MOUNTED : {}) });
      expect(await look()).toEqual(before);
    }
  });

  test('a resize says what it would be done on', async () => {
    const { disk, target } = await machine('ext4');
    const size = 512 * MIB;
    const input = { descriptor: disk.descriptorPath, size };
    const called = { ...CALLED, command: 'resize', input };
    expect(await disk.plan.resize(size)).toEqual({ ...called, way: 'offline' });
    expect(await disk.plan.resize(size, { offline: false })).toEqual({
      ...called,
      way: 'mounted-meanwhile',
    });
    await disk.mount({ target });
    const online = { ...called, way: 'online', device: '/dev/ploop0', mountPoint: target };
    expect(await disk.plan.resize(size)).toEqual(online);
    expect(await disk.plan.resize(size, { offline: false })).toEqual(online);
    expect(await disk.plan.umount()).toMatchObject({
      command: 'umount',
      device: '/dev/ploop0',
      mountPoint: target,
    });
    expect(await disk.plan.discard()).toMatchObject({ device: '/dev/ploop0', mountPoint: target });
    expect(await disk.plan.mount()).toMatchObject({ refusals: [{ code: 'DISK_MOUNTED' }] });
    await disk.umount();
    expect(await disk.plan.umount()).toMatchObject({ refusals: [{ code: 'DISK_NOT_MOUNTED' }] });
    expect(await disk.plan.discard({ automount: true })).toMatchObject({ outcome: 'called' });
  });

  test('what a device under a name writes to is refused, as the mutation is', async () => {
    const { disk } = await machine();
    await disk.snapshot({ guid: FIRST });
    await disk.mount({ component: 'named' });
    const refusals = [{ code: 'DISK_MOUNTED' }];
    expect(await disk.plan.umount()).toMatchObject({ refusals: [{ code: 'DISK_NOT_MOUNTED' }] });
    expect(await disk.plan.umount({ component: 'named' })).toMatchObject({ device: '/dev/ploop0' });
    expect(await disk.plan.resize(128 * MIB)).toMatchObject({ refusals });
    expect(await disk.plan.temporarySnapshot({ component: 'x' })).toMatchObject({ refusals });
    for (const plan of [
      disk.plan.snapshot(),
      disk.plan.switchSnapshot(FIRST),
      disk.plan.mergeSnapshot(),
    ])
      expect(await plan).toMatchObject({ outcome: 'refused', refusals });
  });

  test('an option that the release does not have is refused', async () => {
    const { env, roots, directory } = await machine();
    const runner = createRunner({ env, release: { from: '1.15', to: '1.15' } });
    const disk = await openDisk(directory, { runner, roots });
    const tracked = { trackingGuid: FIRST };
    const refusals = [{ code: 'NOT_IN_RELEASE' }];
    expect(await disk.plan.snapshot(tracked)).toMatchObject({ outcome: 'refused', refusals });
    await expect(disk.snapshot(tracked)).rejects.toMatchObject({ reason: 'NOT_IN_RELEASE' });
    const seven = await disk.plan.snapshot({ ...tracked, release: '7' });
    expect(seven).toMatchObject({ outcome: 'created' });
  });

  test('a snapshot that a device shows is not planned to be deleted', async () => {
    const { disk } = await machine();
    await disk.snapshot({ guid: FIRST });
    await disk.mount();
    await disk.mount({ guid: FIRST, readonly: true, component: 'backup' });
    const planned = await disk.plan.deleteSnapshot(FIRST);
    expect(planned).toMatchObject({ outcome: 'refused', refusals: [{ code: 'DISK_MOUNTED' }] });
    await expect(disk.deleteSnapshot(FIRST)).rejects.toMatchObject({ code: 'EXIT' });
  });
});

test('files that are not images, or are missing, are refused without the tool', async () => {
  const directory = await temporaryDirectory();
  await writeFile(
    join(directory, 'DiskDescriptor.xml'),
    descriptorXml([{}, { parent: 0 }, { parent: 0 }]),
  );
  await writeFile(join(directory, 'd0'), imageBytes());
  for (const name of ['d1', 'd2']) await writeFile(join(directory, name), 'no image');
  const disk = await openDisk(directory, { runner: createRunner({ binary: 'no-such-ploop' }) });
  expect(await disk.plan.deleteSnapshot(testGuid(1))).toMatchObject({
    outcome: 'refused',
    actions: [],
    refusals: [{ code: 'DISK_DAMAGED', exitCodes: {} }],
  });
  const file = join(directory, 'copy');
  const replace = { target: { guid: testGuid(0) }, file };
  expect(await disk.plan.replace(replace)).toMatchObject({ refusals: [{ code: 'PATH_INVALID' }] });
  await copyFile(join(directory, 'd1'), file);
  expect(await disk.plan.replace(replace)).toMatchObject({
    refusals: [{ code: 'REPLACEMENT_DIFFERS' }],
  });
});

describe.skipIf(!hasTool)('what belongs to no disk', () => {
  test('is planned by its call', async () => {
    const directory = await temporaryDirectory();
    const path = join(directory, 'root.hdd');
    const create = { path, size: 16 * MIB, fileSystem: 'none' } as const;
    const plan = await planCall((runner) => createDisk({ ...create, runner }));
    expect(plan).toMatchObject({ outcome: 'called', command: 'init', input: create });
    expect(await readdir(directory)).toEqual([]);

    const called = async (work: Parameters<typeof planCall>[0]): Promise<unknown> => {
      const made = await planCall(work);
      return made.refusals[0]?.code ?? [made.command, made.input];
    };
    expect(await called((runner) => umountDevice('/dev/ploop0', { runner }))).toEqual([
      'umount',
      { device: '/dev/ploop0' },
    ]);
    expect(await called((runner) => umountPath(directory, { runner }))).toEqual([
      'umount',
      { mountPoint: directory },
    ]);
    expect(await called((runner) => umountDevice('/etc/passwd', { runner }))).toBe('PATH_INVALID');
    await createDisk(create);
    expect(await called((runner) => createDisk({ ...create, runner }))).toBe('TARGET_EXISTS');
    const restore = { image: path, directory };
    expect(await called((runner) => restoreDescriptor({ ...restore, runner }))).toBe(
      'TARGET_EXISTS',
    );
    const input = process.stdin;
    expect(await called((runner) => receiveCopy({ file: path, input, runner }))).toBe(
      'TARGET_EXISTS',
    );
    await expect(planCall((runner) => runner.list({}))).rejects.toThrow(TypeError);
  });

  test('and nothing of it is done by another way through the runner', async () => {
    const path = join(await temporaryDirectory(), 'root.hdd');
    const { descriptorPath: descriptor } = await createDisk({
      path,
      size: 16 * MIB,
      fileSystem: 'none',
    });
    const before = await readFile(descriptor, 'utf8');
    const { convert, info } = commands;
    const input = { descriptor, format: 'preallocated' } as const;
    const called = { ...CALLED, command: 'convert', input };
    expect(await planCall((runner) => runner.run(convert, input))).toEqual(called);
    expect(await planCall((runner) => runner.complete(convert, input))).toEqual(called);
    const own = { ...convert, name: 'convert' };
    for (const work of [
      (runner: Runner) => runner.run(own, input),
      (runner: Runner) => runner.loadModules(),
      async (runner: Runner) => (await openDisk(descriptor, { runner })).setMaxDeltaSize(MIB),
    ])
      await expect(planCall(work)).rejects.toThrow(TypeError);
    const looked: unknown[] = [];
    const looking = async (runner: Runner): Promise<unknown> => {
      looked.push(await runner.run(info, { descriptor }));
      return runner.convert(input);
    };
    expect(await planCall(looking)).toEqual(called);
    expect(looked).toMatchObject([{ size: 16 * MIB }]);
    expect(await readFile(descriptor, 'utf8')).toBe(before);
  });
});
