import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { copyFile, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import type { Release } from '@ploop/runner';
import { descriptorXml, temporaryDirectory, testGuid, type NodeXml } from '@ploop/test-kit';
import { describe, expect, test } from 'vitest';

import { createRunner, openDisk, TOP_GUID, type Disk } from '../src/index.ts';
import { imageBytes } from './header.ts';

/** Whatever is not refused fails to start: `SPAWN`. */
const runner = createRunner({ binary: 'no-such-ploop' });

async function diskOf(nodes: readonly NodeXml[], top?: number): Promise<Disk> {
  const directory = await temporaryDirectory();
  const xml = descriptorXml(nodes, top === undefined ? {} : { top });
  await writeFile(join(directory, 'DiskDescriptor.xml'), xml);
  for (const index of nodes.keys())
    await writeFile(join(directory, `d${String(index)}`), imageBytes());
  return openDisk(directory, { runner });
}

const DAMAGED: readonly (readonly [name: string, nodes: readonly NodeXml[]])[] = [
  ['two shots with one GUID', [{}, { parent: 0 }, { guid: testGuid(1), parent: 0 }, { parent: 1 }]],
  ['two images in one file', [{}, { parent: 0 }, { parent: 0, file: './d1' }, { parent: 0 }]],
  ['a cycle', [{}, { parent: 2 }, { parent: 1 }, { parent: 0 }]],
  ['a parent that is not a shot', [{}, { parentGuid: testGuid(9) }, { parent: 0 }]],
];

test.each(DAMAGED)('a disk with %s is not changed', async (_name, nodes) => {
  const disk = await diskOf(nodes);
  const refused = { code: 'REFUSED', reason: 'DISK_DAMAGED' };
  await expect(disk.snapshot()).rejects.toMatchObject(refused);
  await expect(disk.switchSnapshot(testGuid(0))).rejects.toMatchObject(refused);
  await expect(disk.deleteSnapshot(testGuid(1))).rejects.toMatchObject(refused);
  await expect(disk.mergeSnapshot()).rejects.toMatchObject(refused);
});

test('shots that hang on the top allow a snapshot, which mends that, and nothing else', async () => {
  const disk = await diskOf([{}, { parent: 0 }, { parent: 1 }], 1);
  const refused = { code: 'REFUSED', reason: 'DISK_DAMAGED' };
  await expect(disk.snapshot()).rejects.toMatchObject({ code: 'SPAWN' });
  await expect(disk.switchSnapshot(testGuid(0))).rejects.toMatchObject(refused);
  await expect(disk.deleteSnapshot(testGuid(2))).rejects.toMatchObject(refused);
  await expect(disk.mergeSnapshot(testGuid(2))).rejects.toMatchObject(refused);
});

test('a file that is not an image is not given to the tool to remove', async () => {
  const victim = join(await temporaryDirectory(), 'victim');
  await writeFile(victim, 'precious');
  const refused = { code: 'REFUSED', reason: 'DISK_DAMAGED' };
  const allowed = async (nodes: readonly NodeXml[]): Promise<Disk> =>
    openDisk((await diskOf(nodes)).descriptorPath, { runner, confine: false });
  const leaf = await allowed([{}, { parent: 0, file: victim }, { parent: 0 }]);
  await expect(leaf.deleteSnapshot(testGuid(1))).rejects.toMatchObject(refused);
  const top = await allowed([{}, { parent: 0, file: victim }]);
  await expect(top.switchSnapshot(testGuid(0))).rejects.toMatchObject(refused);
  expect(await readFile(victim, 'utf8')).toBe('precious');
  const missing = await diskOf([{}, { parent: 0, file: 'nothing' }, { parent: 0 }]);
  await expect(missing.deleteSnapshot(testGuid(1))).rejects.toMatchObject({ code: 'SPAWN' });
});

test('the top is not discarded where others hang on its parent, which would be written to', async () => {
  const disk = await diskOf([{}, { parent: 0 }, { parent: 0 }]);
  await expect(disk.deleteSnapshot(TOP_GUID, { discardTop: true })).rejects.toMatchObject({
    reason: 'PARENT_IS_SHARED',
  });
});

test('what is not a text is not a GUID', async () => {
  const disk = await diskOf([{}]);
  // @ts-expect-error JavaScript programs do this
  await expect(disk.switchSnapshot(undefined)).rejects.toMatchObject({ reason: 'GUID_INVALID' });
});

test('an exit code of 0 is not believed', async () => {
  const disk = await diskOf([{}, { parent: 0 }, { parent: 0 }, { parent: 1 }]);
  const binary = join(import.meta.dirname, 'programs', 'lie.mjs');
  const liar = await openDisk(disk.descriptorPath, { runner: createRunner({ binary }) });
  const failed = { name: 'OutcomeError', code: 'OUTCOME' };
  await expect(liar.snapshot()).rejects.toMatchObject(failed);
  await expect(liar.switchSnapshot(testGuid(0))).rejects.toMatchObject(failed);
  await expect(liar.deleteSnapshot(testGuid(2))).rejects.toMatchObject(failed);
  await expect(liar.mergeSnapshot()).rejects.toMatchObject(failed);
});

const KEY = '<Encryption><KeyId>key</KeyId></Encryption>';
const PARENT = '<Volume><Parent>/vz/other</Parent></Volume>';
const MARK = '<TemporaryZero/>';

/** `testGuid(0) ← testGuid(1) ← top`, with another text somewhere in the descriptor, for a tool of some release. */
async function harmedDisk(from: string | RegExp, to: string, release?: Release): Promise<Disk> {
  const { descriptorPath } = await diskOf([{}, { parent: 0 }, { parent: 1 }]);
  const xml = await readFile(descriptorPath, 'utf8');
  await writeFile(descriptorPath, xml.replace(from, to));
  const known = release === undefined ? runner : createRunner({ binary: 'no-such-ploop', release });
  return openDisk(descriptorPath, { runner: known, confine: false });
}

const changes: Readonly<Record<string, (disk: Disk) => Promise<unknown>>> = {
  snapshot: (disk) => disk.snapshot(),
  switchSnapshot: (disk) => disk.switchSnapshot(testGuid(0)),
  'switchSnapshot keepOldTop': (disk) => disk.switchSnapshot(testGuid(0), { keepOldTop: true }),
  'switchSnapshot reuseTarget': (disk) => disk.switchSnapshot(testGuid(1), { reuseTarget: true }),
  deleteSnapshot: (disk) => disk.deleteSnapshot(testGuid(1)),
  mergeSnapshot: (disk) => disk.mergeSnapshot(),
  temporarySnapshot: (disk) => disk.temporarySnapshot({ component: 'backup' }),
  convert: (disk) => disk.convert({ version: 2 }),
  resize: (disk) => disk.resize(2 ** 30),
};

describe.each(Object.entries(changes))('%s', (_name, change) => {
  const miswritten = { code: 'REFUSED', reason: 'DESCRIPTOR_MISWRITTEN' };
  const started = { code: 'SPAWN' };

  test('does not let a release write a descriptor without the key that it holds', async () => {
    const cases = [
      [{ from: '1.14', to: '7.0.42' }, miswritten],
      [{ from: '1', to: '1.13' }, miswritten],
      [undefined, miswritten],
      [{ from: '7.0.43', to: '7.0.52' }, started],
      [{ from: '9.0.25' }, started],
    ] as const;
    for (const [release, error] of cases) {
      const disk = await harmedDisk('</Disk_Parameters>', `${KEY}</Disk_Parameters>`, release);
      await expect(change(disk), JSON.stringify(release)).rejects.toMatchObject(error);
    }
  });

  test('does not let any release forget what an encryption engine needs', async () => {
    const engine =
      '<Encryption><Engine>{a7ba5a17-3d3f-4b6a-9a5c-0a6a0ab04e5c}</Engine><Data>q83v</Data></Encryption>';
    for (const from of ['1.12', '1.15', '7.0.280', '9.0.25'] as const) {
      const disk = await harmedDisk('</Disk_Parameters>', `${engine}</Disk_Parameters>`, {
        from,
        to: from,
      });
      await expect(change(disk), from).rejects.toMatchObject(miswritten);
    }
  });

  test('does not let a release write a descriptor whose geometry makes it crash', async () => {
    const old = await harmedDisk(/<Heads>\d+<\/Heads>/, '', { from: '1.15', to: '1.15' });
    await expect(change(old)).rejects.toMatchObject(miswritten);
    const modern = await harmedDisk(/<Heads>\d+<\/Heads>/, '', { from: '7.0.280', to: '7.0.280' });
    await expect(change(modern)).rejects.toMatchObject(started);
  });

  test('does not let a release forget the parent of a volume', async () => {
    const disk = await harmedDisk('<StorageData>', `<StorageData>${PARENT}`, {
      from: '1.15',
      to: '1.15',
    });
    await expect(change(disk)).rejects.toMatchObject({ reason: 'DISK_IS_VOLUME' });
  });

  test('does not let a release forget a merge that was interrupted', async () => {
    const disk = await harmedDisk('</Shot>', `${MARK}</Shot>`, { from: '7.0.280' });
    await expect(change(disk)).rejects.toMatchObject({ reason: 'DISK_DAMAGED' });
  });
});

test('an interrupted merge goes on where release 9 deletes its shot', async () => {
  const disk = await harmedDisk('</Shot>', `${MARK}</Shot>`, { from: '9.0.25' });
  await expect(disk.deleteSnapshot(testGuid(0))).rejects.toMatchObject({ code: 'SPAWN' });
  await expect(disk.deleteSnapshot(testGuid(1))).rejects.toMatchObject({ reason: 'DISK_DAMAGED' });
});

test('an image is replaced by no release that loses the key', async () => {
  const disk = await harmedDisk('</Disk_Parameters>', `${KEY}</Disk_Parameters>`);
  const copy = `${await disk.topDelta()}.copy`;
  await copyFile(await disk.topDelta(), copy);
  const options = { target: { guid: TOP_GUID }, file: copy };
  await expect(disk.replace(options)).rejects.toMatchObject({ reason: 'DESCRIPTOR_MISWRITTEN' });
});

describe('a change of several calls is refused before the first', () => {
  const temporary = '<Temporary/>';
  const taken = (disk: Disk): Promise<unknown> =>
    disk.switchSnapshot(testGuid(0), { keepOldTop: { guid: testGuid(1) } });
  const keeping = (disk: Disk): Promise<unknown> =>
    disk.switchSnapshot(testGuid(0), { keepOldTop: true });
  const reusing = (disk: Disk): Promise<unknown> =>
    disk.switchSnapshot(testGuid(0), { reuseTarget: true });
  const chain = (length: number): readonly NodeXml[] =>
    Array.from({ length }, (_, index) => (index === 0 ? {} : { parent: index - 1 }));
  const cases: readonly (readonly [
    reason: string,
    nodes: readonly NodeXml[],
    change: (disk: Disk) => Promise<unknown>,
  ])[] = [
    ['GUID_TAKEN', chain(3), taken],
    ['CHAIN_FULL', chain(127), keeping],
    ['CHAIN_FULL', chain(127), (disk) => disk.temporarySnapshot({ component: 'backup' })],
    ['SNAPSHOT_IS_TEMPORARY', [{ extra: temporary }, { parent: 0 }, { parent: 0 }], keeping],
    ['SNAPSHOT_IS_BASE', [{}, {}], reusing],
    ['PARENT_IS_SHARED', [{}, { parent: 0 }, { parent: 0 }], reusing],
    [
      'DESCRIPTOR_OUTDATED',
      chain(127).map((node, index) => (index === 126 ? { ...node, guid: testGuid(126) } : node)),
      keeping,
    ],
  ];
  test.each(cases)('%s', async (reason, nodes, change) => {
    const disk = await diskOf(nodes);
    await expect(change(disk)).rejects.toMatchObject({ code: 'REFUSED', reason });
  });
});

test('an image that the disk does not have is not replaced', async () => {
  const disk = await diskOf([{}, { parent: 0 }]);
  const file = await disk.topDelta();
  for (const target of [{ level: 2 }, { level: -1 }, { level: NaN }, { file: '/no/such/image' }])
    await expect(disk.replace({ target, file })).rejects.toMatchObject({ reason: 'IMAGE_UNKNOWN' });
});

test('what is not a file, or is missing, is not a copy, and none is left open', async () => {
  const disk = await diskOf([{}, { parent: 0 }]);
  const top = await disk.topDelta();
  const fifo = `${top}.fifo`;
  execFileSync('mkfifo', [fifo]);
  const differs = { code: 'REFUSED', reason: 'REPLACEMENT_DIFFERS' };
  const target = { guid: TOP_GUID };
  await expect(disk.replace({ target, file: fifo })).rejects.toMatchObject(differs);
  const copy = `${top}.copy`;
  await rename(top, copy);
  await expect(disk.replace({ target, file: copy })).rejects.toMatchObject(differs);
});

test('a change that is cancelled while it waits for its turn is not begun', async () => {
  const disk = await diskOf([{}, { parent: 0 }]);
  const free = new AbortController();
  // Listened for from now on: the work may begin after the end.
  const isFree = once(free.signal, 'abort');
  const busy = runner.exclusive(disk.descriptorPath, () => isFree);
  const signal = AbortSignal.timeout(50);
  const aborted = { name: 'AbortedError', code: 'ABORTED', leftBehind: [] };
  await expect(disk.snapshot({ signal })).rejects.toMatchObject(aborted);
  await expect(disk.mount({ signal })).rejects.toMatchObject(aborted);
  await expect(disk.resize(2 ** 30, { signal, offline: false })).rejects.toMatchObject(aborted);
  free.abort();
  await busy;
});
