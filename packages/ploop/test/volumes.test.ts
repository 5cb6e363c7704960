import { mkdir, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { createRunner, localExec, type Exec, type ExecOutcome, type Runner } from '@ploop/runner';
import {
  descriptorXml,
  hasTool,
  temporaryDirectory,
  testGuid,
  type NodeXml,
} from '@ploop/test-kit';
import { beforeEach, describe, expect, test } from 'vitest';

import {
  cloneVolume,
  createVolume,
  deleteVolume,
  openDisk,
  planCall,
  snapshotVolume,
  switchVolume,
  TOP_GUID,
  volumeTree,
  type Disk,
} from '../src/index.ts';
import { imageBytes } from './header.ts';
import { blockDeviceTree, kernel } from './kernel-tree.ts';

const MIB = 2 ** 20;
const NONE = { text: '', droppedBytes: 0 };

let parent: string;
let calls: string[][];
const at = (name: string): string => join(parent, name);

beforeEach(async () => {
  parent = await temporaryDirectory();
  calls = [];
});

async function makeVolume(directory: string): Promise<void> {
  await mkdir(directory);
  await writeFile(join(directory, 'DiskDescriptor.xml'), descriptorXml([{}]));
  await writeFile(join(directory, 'd0'), imageBytes());
}

/** The descriptor of a volume: what is in its `Volume`, its image, and the parent of its shot. */
async function describeVolume(
  directory: string,
  content: string,
  node: NodeXml = {},
): Promise<void> {
  const xml = descriptorXml([node]).replace('<Storage>', `<Volume>${content}</Volume><Storage>`);
  await writeFile(join(directory, 'DiskDescriptor.xml'), xml);
}

/** What a program that only reads prints. */
/** A tool of release 7 that does something to a volume, the last of its arguments. */
function release7(
  work: (volume: string) => Promise<unknown> = () => Promise.resolve(),
  outcome: Partial<ExecOutcome> = {},
  release: '7.0.95' | '7.0.280' | '9.0.30' = '7.0.280',
): Runner {
  const exec: Exec = async (request) => {
    const { file, argv } = request;
    if (!file.endsWith('ploop')) return localExec(request);
    calls.push([...argv.slice(1)]);
    await work(argv.at(-1) ?? '');
    const stderr = NONE;
    return { exitCode: 0, cancelled: false, timedOut: false, stdout: NONE, stderr, ...outcome };
  };
  return createRunner({
    release: { from: release, to: release },
    exec: Object.assign(exec, { isLocal: true }),
  });
}

describe('volumes with what is known of release 7', () => {
  test('are made, and are disks then', async () => {
    const runner = release7(makeVolume);
    const disk = await createVolume({ directory: at('a'), size: 64 * MIB, runner });
    expect(disk.descriptorPath).toBe(join(at('a'), 'DiskDescriptor.xml'));
    const cloned = await cloneVolume({ source: at('a'), target: at('b'), runner });
    expect(cloned.descriptorPath).toBe(join(at('b'), 'DiskDescriptor.xml'));
    await snapshotVolume({ source: at('b'), target: at('c'), image: at('i'), runner });
    expect(calls).toEqual([
      ['volume', 'create', '-s', '131072', at('a')],
      ['volume', 'clone', at('a'), at('b')],
      ['volume', 'snapshot', '--image', at('i'), at('b'), at('c')],
    ]);
  });

  test('that are smaller than they were to be, or no disks, are an error that says what is left', async () => {
    const size = 128 * MIB;
    const small = createVolume({ directory: at('a'), size, runner: release7(makeVolume) });
    await expect(small).rejects.toMatchObject({ code: 'OUTCOME', leftBehind: [at('a')] });
    const failing = release7((volume) => mkdir(volume), { exitCode: 24 });
    await expect(createVolume({ directory: at('b'), size, runner: failing })).rejects.toMatchObject(
      { exitCode: 24, leftBehind: [at('b')] },
    );
    const empty = release7((volume) => mkdir(volume));
    await expect(
      cloneVolume({ source: at('a'), target: at('c'), runner: empty }),
    ).rejects.toMatchObject({ code: 'OUTCOME', leftBehind: [at('c')] });
  });

  test('are not made where something is, nor of nothing', async () => {
    await makeVolume(at('a'));
    await mkdir(at('b'));
    const runner = release7();
    const copy = { source: at('a'), target: at('b'), runner };
    const refused = { code: 'REFUSED', reason: 'TARGET_EXISTS', leftBehind: [] };
    await expect(cloneVolume(copy)).rejects.toMatchObject(refused);
    await expect(snapshotVolume(copy)).rejects.toMatchObject(refused);
    const size = 64 * MIB;
    await expect(createVolume({ directory: at('b'), size, runner })).rejects.toMatchObject(refused);
    await expect(cloneVolume({ ...copy, source: at('b') })).rejects.toMatchObject({
      code: 'FILE_UNREADABLE',
    });
    expect(calls).toEqual([]);
  });

  test('are deleted, but not where others hang on them', async () => {
    for (const name of ['a', 'b']) await makeVolume(at(name));
    await mkdir(join(at('a'), 'children'));
    await symlink(at('b'), join(at('a'), 'children', 'b'));
    const runner = release7((volume) => rm(volume, { recursive: true }));
    await expect(deleteVolume(at('a'), { runner })).rejects.toMatchObject({
      reason: 'DELTA_OUTSIDE',
      hint: expect.stringContaining(`pass \`confine: ${JSON.stringify(parent)}\``) as unknown,
    });
    await expect(deleteVolume(at('a'), { runner, confine: parent })).rejects.toMatchObject({
      reason: 'VOLUME_HAS_CHILDREN',
    });
    expect(calls).toEqual([]);
    await deleteVolume(at('b'), { runner });
    expect(calls).toEqual([['volume', 'delete', at('b')]]);
    await expect(deleteVolume(at('b'), { runner })).rejects.toMatchObject({
      code: 'FILE_UNREADABLE',
    });
    await rm(join(at('a'), 'children', 'b'));
    await expect(deleteVolume(at('a'), { runner: release7() })).rejects.toMatchObject({
      code: 'OUTCOME',
    });
  });

  test('that are snapshots are merged into the one that continues from them', async () => {
    for (const name of ['a', 's']) await makeVolume(at(name));
    await describeVolume(at('s'), '<ReadOnly>1</ReadOnly>', { guid: testGuid(1), file: '../a/d0' });
    await rm(join(at('s'), 'd0'));
    const above = { parentGuid: testGuid(1), file: 'd1' };
    await describeVolume(at('a'), '<Parent>../s</Parent>', above);
    await writeFile(join(at('a'), 'd1'), imageBytes());
    await mkdir(join(at('s'), 'children'));
    await symlink(at('a'), join(at('s'), 'children', 'a'));
    const confine = parent;
    const merging = release7(async (volume) => {
      await rm(volume, { recursive: true });
      await rm(join(at('a'), 'd1'));
      await describeVolume(at('a'), '');
    });
    await expect(deleteVolume(at('a'), { runner: merging, confine })).rejects.toMatchObject({
      reason: 'VOLUME_HOLDS_IMAGES',
    });
    const { roots } = await kernel(blockDeviceTree({ images: [join(at('a'), 'd0')] }));
    await expect(deleteVolume(at('s'), { runner: merging, confine, roots })).rejects.toMatchObject({
      reason: 'DISK_MOUNTED',
    });
    expect(calls).toEqual([]);
    await deleteVolume(at('s'), { runner: merging, confine });
    expect(calls).toEqual([['volume', 'delete', at('s')]]);
    await deleteVolume(at('a'), { runner: release7((volume) => rm(volume, { recursive: true })) });
  });

  test('are not pulled away from under a device', async () => {
    for (const name of ['a', 'b']) await makeVolume(at(name));
    await describeVolume(at('b'), '<ReadOnly/>', { guid: testGuid(1) });
    const { roots } = await kernel(blockDeviceTree({ images: [join(at('b'), 'd0')] }));
    const above = { parentGuid: testGuid(1) };
    const runner = release7(() => describeVolume(at('a'), '<Parent>../b</Parent>', above));
    const refused = { reason: 'DISK_MOUNTED' };
    await expect(deleteVolume(at('b'), { runner, roots })).rejects.toMatchObject(refused);
    const both = { from: at('a'), to: at('b'), runner };
    await expect(switchVolume({ ...both, roots })).rejects.toMatchObject(refused);
    expect(calls).toEqual([]);
    await switchVolume(both);
    expect(calls).toEqual([['volume', 'switch', at('a'), at('b')]]);
  });

  test('may go on in another directory', async () => {
    await makeVolume(at('a'));
    await mkdir(at('b'));
    const xml = descriptorXml([{ guid: testGuid(1), parentGuid: TOP_GUID, file: 'image.hds' }]);
    const volume = '<Volume><Parent>../a</Parent></Volume>';
    await writeFile(
      join(at('b'), 'DiskDescriptor.xml'),
      xml.replace('<Storage>', `${volume}<Storage>`),
    );
    await writeFile(join(at('b'), 'image.hds'), imageBytes());
    const runner = release7(async (directory) => {
      if (calls.length === 1) {
        await makeVolume(directory);
        await describeVolume(directory, '<ReadOnly/>', { guid: testGuid(2) });
      }
      const above = { guid: testGuid(1), parentGuid: testGuid(2), file: 'image.hds' };
      if (calls.length === 2) await describeVolume(at('b'), '<Parent>../c</Parent>', above);
      if (calls.length === 3) await rm(directory, { recursive: true });
    });
    const confine = join(at('b'), '..');
    await snapshotVolume({ source: at('b'), target: at('c'), runner, confine });
    await switchVolume({ from: at('b'), to: at('c'), runner, confine });
    await deleteVolume(at('b'), { runner, confine });
    expect(calls).toHaveLength(3);
  });

  test('whose children cannot be looked at are not deleted', async () => {
    await makeVolume(at('a'));
    await writeFile(join(at('a'), 'children'), 'no directory');
    const runner = release7((volume) => rm(volume, { recursive: true }));
    await expect(deleteVolume(at('a'), { runner })).rejects.toMatchObject({
      reason: 'VOLUME_HAS_CHILDREN',
    });
    expect(calls).toEqual([]);
  });

  test('are reported as a tree', async () => {
    const tree = { path: at('a'), children: [{ path: at('b'), children: [] }] };
    const text = `read something\n${JSON.stringify(tree, null, 2)}\n`;
    const runner = release7(undefined, { stdout: { text, droppedBytes: 0 } });
    await makeVolume(at('a'));
    expect(await volumeTree(at('a'), { runner })).toEqual(tree);
  });

  test('are reported as a tree only where they may be', async () => {
    for (const name of ['a', 'b']) await makeVolume(at(name));
    await mkdir(join(at('a'), 'children'));
    await symlink(at('b'), join(at('a'), 'children', 'b'));
    const tree = { path: at('a'), children: [{ path: at('b'), children: [] }] };
    const stdout = { text: JSON.stringify(tree), droppedBytes: 0 };
    const runner = release7(undefined, { stdout });
    const outside = {
      reason: 'DELTA_OUTSIDE',
      hint: expect.stringContaining('confine') as unknown,
    };
    await expect(volumeTree(at('a'), { runner })).rejects.toMatchObject(outside);
    await writeFile(
      join(at('b'), 'DiskDescriptor.xml'),
      descriptorXml([{}]).replace('<Storage>', '<Volume><Parent>../a</Parent></Volume><Storage>'),
    );
    await expect(volumeTree(at('b'), { runner })).rejects.toMatchObject(outside);
    expect(calls).toEqual([]);
    for (const confine of [parent, false] as const)
      expect(await volumeTree(at('a'), { runner, confine })).toEqual(tree);
  });

  test('are planned', async () => {
    await makeVolume(at('a'));
    const runner = release7();
    const copy = { source: at('a'), target: at('b') };
    expect(await planCall((dry) => cloneVolume({ ...copy, runner: dry }), { runner })).toEqual({
      ...{ outcome: 'called', refusals: [], warnings: [], actions: [] },
      command: 'volumeClone',
      input: copy,
    });
    expect(calls).toEqual([]);
  });
});

describe('commands for disks do not destroy what volumes share', () => {
  const changes: Readonly<Record<string, (disk: Disk) => Promise<unknown>>> = {
    convert: (disk) => disk.convert({ format: 'raw' }),
    'convert version': (disk) => disk.convert({ version: 1 }),
    encrypt: (disk) => disk.encrypt({ key: { id: 'k' } }),
    mergeSnapshot: (disk) => disk.mergeSnapshot(),
    deleteSnapshot: (disk) => disk.deleteSnapshot(TOP_GUID, { discardTop: true }),
    switchSnapshot: (disk) => disk.switchSnapshot(testGuid(5)),
    temporarySnapshot: (disk) => disk.temporarySnapshot({ component: 'c' }),
    grow: (disk) => disk.grow(128 * MIB),
    resize: (disk) => disk.resize(128 * MIB),
    mount: (disk) => disk.mount(),
    snapshot: (disk) => disk.snapshot(),
  };
  const safeWithParent = ['grow', 'resize', 'mount', 'snapshot'];

  test.each(Object.entries(changes))('%s', async (name, change) => {
    for (const volume of ['a', 's']) await makeVolume(at(volume));
    await describeVolume(at('s'), '<ReadOnly/>', { guid: testGuid(1), file: '../a/d0' });
    await describeVolume(at('a'), '<Parent>../s</Parent>', {
      parentGuid: testGuid(1),
      file: 'd1',
    });
    await writeFile(join(at('a'), 'd1'), imageBytes());
    for (const release of ['7.0.95', '9.0.30'] as const) {
      const runner = release7(undefined, { exitCode: 2 }, release);
      const options = { runner, confine: parent };
      const child = change(await openDisk(at('a'), options));
      if (safeWithParent.includes(name)) await expect(child).rejects.toMatchObject({ exitCode: 2 });
      else await expect(child).rejects.toMatchObject({ code: 'REFUSED' });
      calls = calls.filter(([command]) => command !== 'list');
      if (!safeWithParent.includes(name)) expect(calls).toEqual([]);
      calls = [];
      await expect(change(await openDisk(at('s'), options))).rejects.toMatchObject({
        code: 'REFUSED',
        reason: expect.stringMatching(/^(?:VOLUME_HAS_CHILDREN|SNAPSHOT_)/) as unknown,
      });
      expect(calls.filter(([command]) => command !== 'list')).toEqual([]);
    }
  });
});

test.skipIf(!hasTool)('release 1.15 has none', async () => {
  const none = { reason: 'NOT_IN_RELEASE' };
  await makeVolume(at('a'));
  const copy = { source: at('a'), target: at('b') };
  await expect(createVolume({ directory: at('b'), size: 64 * MIB })).rejects.toMatchObject(none);
  await expect(cloneVolume(copy)).rejects.toMatchObject(none);
  await expect(snapshotVolume(copy)).rejects.toMatchObject(none);
  await expect(switchVolume({ from: at('a'), to: at('a') })).rejects.toMatchObject(none);
  await expect(deleteVolume(at('a'))).rejects.toMatchObject(none);
  await expect(volumeTree(at('a'))).rejects.toMatchObject(none);
});
