import { execFileSync } from 'node:child_process';
import { mkdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { findOutside } from '@ploop/offline';
import { descriptorXml, imageBytes, temporaryDirectory, testGuid } from '@ploop/test-kit';
import { expect, test } from 'vitest';

import { createRunner, openDisk, preflight, type Disk, type Runner } from '../src/index.ts';

const MIB = 2 ** 20;
const BASE = testGuid(0);
const MIDDLE = testGuid(1);

/** A disk whose directory leads to a neighbour: what the base is called, and what is done to the directories. */
interface Escape {
  readonly file: (other: string) => string;
  readonly make?: (own: string, other: string) => Promise<unknown>;
  readonly volume?: true;
}

const ESCAPES: Readonly<Record<string, Escape>> = {
  'an absolute name': { file: (other) => join(other, 'base') },
  'a name with ..': { file: () => '../other/base' },
  'a name through a directory': { file: () => 'sub/../../other/base' },
  'a name that release 9 resolves otherwise': { file: () => 'sub/../base' },
  'a symlink': {
    file: () => 'link',
    make: (own, other) => symlink(join(other, 'base'), join(own, 'link')),
  },
  'a symlinked directory': {
    file: () => 'way/base',
    make: (own, other) => symlink(other, join(own, 'way')),
  },
  'a FIFO elsewhere': {
    file: (other) => join(other, 'fifo'),
    make: (_, other) => Promise.resolve(execFileSync('mkfifo', [join(other, 'fifo')])),
  },
  'a device': { file: () => '/dev/zero' },
  'a file that is not there': { file: (other) => join(other, 'gone') },
  'a symlink to a file that is not there': {
    file: () => 'link',
    make: (own, other) => symlink(join(other, 'gone'), join(own, 'link')),
  },
  'a parent volume': { file: () => 'base', volume: true },
  'a symlink at a name that the tool writes to': {
    file: () => 'base',
    make: (own, other) => symlink(join(other, 'base'), join(own, 'DiskDescriptor.xml.tmp')),
  },
  'a symlink at the lock file': {
    file: () => 'base',
    make: (own, other) => symlink(join(other, 'lock'), join(own, 'DiskDescriptor.xml.lck')),
  },
};

/** Every mutation of a disk. */
const MUTATIONS: readonly ((methods: Disk & Disk['plan'], file: string) => Promise<unknown>)[] = [
  (disk) => disk.mount(),
  (disk) => disk.mount({ readonly: true, guid: BASE }),
  (disk) => disk.umount(),
  (disk) => disk.resize(8 * MIB),
  (disk, file) => disk.replace({ target: { guid: MIDDLE }, file }),
  (disk) => disk.snapshot(),
  (disk) => disk.switchSnapshot(MIDDLE),
  (disk) => disk.deleteSnapshot(MIDDLE),
  (disk) => disk.mergeSnapshot(),
  (disk) => disk.convert({ format: 'expanded' }),
  (disk) => disk.check(),
  (disk) => disk.encrypt({ key: { id: 'key' } }),
  (disk) => disk.temporarySnapshot({ component: 'x' }),
  (disk) => disk.discard(),
  (disk) => disk.grow(8 * MIB),
  (disk) => disk.setMaxDeltaSize(MIB),
  (disk) => disk.dropCbt(),
  (disk, file) => disk.dumpCbt({ file: `${file}.cbt` }),
  (disk, file) => disk.sendCopy({ file: `${file}.sent` }),
];

function untouched(): { readonly runner: Runner; readonly runs: readonly string[] } {
  const runs: string[] = [];
  const runner = createRunner({
    exec: (request) => {
      runs.push(request.argv.join(' '));
      return Promise.reject(new Error('nothing is to be started'));
    },
  });
  return { runner, runs };
}

async function escaped({ file, make, volume }: Escape): Promise<{ root: string; own: string }> {
  const root = await temporaryDirectory();
  const [own, other] = [join(root, 'own'), join(root, 'other')];
  for (const directory of [join(own, 'sub'), other]) await mkdir(directory, { recursive: true });
  const xml = descriptorXml([{ file: file(other) }, { parent: 0, file: 'd1' }, { parent: 1 }], {
    blockSize: '64',
    size: '4096',
  });
  const parent = '<Volume><Parent>../other</Parent></Volume><Storage>';
  await writeFile(
    join(own, 'DiskDescriptor.xml'),
    volume === true ? xml.replace('<Storage>', parent) : xml,
  );
  await writeFile(join(other, 'DiskDescriptor.xml'), descriptorXml([{}]));
  for (const path of [join(other, 'base'), join(own, 'base'), join(own, 'd1'), join(own, 'd2')])
    await writeFile(path, imageBytes({}, [1], 1));
  await make?.(own, other);
  return { root, own };
}

test.each(Object.entries(ESCAPES))('%s: no mutation is begun', async (_name, escape) => {
  const { root, own } = await escaped(escape);
  const { runner, runs } = untouched();
  const disk = await openDisk(own, { runner });
  const canary = await readFile(join(root, 'other/base'));
  const before = await readFile(join(own, 'DiskDescriptor.xml'));
  for (const mutate of MUTATIONS)
    await expect(mutate(disk as never, join(own, 'd1'))).rejects.toMatchObject({
      code: 'REFUSED',
      reason: 'DELTA_OUTSIDE',
      hint: expect.stringContaining('confine') as unknown,
    });
  for (const question of [
    () => disk.discardStats(),
    () => disk.isMounted({ ask: 'tool' }),
    () => disk.fsInfo({ ask: 'tool' }),
  ])
    await expect(question()).rejects.toMatchObject({ reason: 'DELTA_OUTSIDE' });
  expect(runs).toEqual([]);
  expect(canary.equals(await readFile(join(root, 'other/base')))).toBe(true);
  expect(before.equals(await readFile(join(own, 'DiskDescriptor.xml')))).toBe(true);
});

test.each(Object.entries(ESCAPES))('%s: allowed by its common directory', async (name, escape) => {
  const { root, own } = await escaped(escape);
  const [within] = await findOutside(own, { confine: root });
  // Release 9 makes of the second one a place two directories up.
  const isFarther = ['a device', 'a name through a directory'].includes(name);
  expect(within?.code).toBe(isFarther ? 'DELTA_OUTSIDE' : undefined);
  expect(await findOutside(own, { confine: false })).toEqual([]);
});

test('what is allowed is left to the tool', async () => {
  const { root, own } = await escaped({ file: () => '../other/base' });
  for (const confine of [root, false] as const) {
    const { runner, runs } = untouched();
    const disk = await openDisk(own, { runner, confine });
    await expect(disk.snapshot()).rejects.not.toMatchObject({ reason: 'DELTA_OUTSIDE' });
    expect(runs).not.toEqual([]);
  }
});

test('plans are refused as the mutations are', async () => {
  const { own } = await escaped({ file: () => '../other/base' });
  const { runner, runs } = untouched();
  const { plan } = await openDisk(own, { runner });
  expect(await plan.mergeSnapshot(undefined, { release: '1.15' })).toMatchObject({
    outcome: 'refused',
    refusals: [{ code: 'DELTA_OUTSIDE' }],
  });
  for (const planned of [
    plan.grow(8 * MIB),
    plan.mount({ component: 'x' }),
    plan.setMaxDeltaSize(MIB),
  ])
    expect(await planned).toMatchObject({
      outcome: 'refused',
      refusals: [{ code: 'DELTA_OUTSIDE' }],
    });
  expect(runs).toEqual([]);
});

test('reads of images outside are refused, and the doctor says so', async () => {
  const { root, own } = await escaped({ file: () => 'base' });
  const xml = await readFile(join(own, 'DiskDescriptor.xml'), 'utf8');
  await writeFile(join(own, 'DiskDescriptor.xml'), xml.replace('>d2<', '>../other/base<'));
  const { runner } = untouched();
  const disk = await openDisk(own, { runner });
  for (const read of [() => disk.imageInfo(), () => disk.dirtyBitmaps()])
    await expect(read()).rejects.toMatchObject({ code: 'DELTA_OUTSIDE' });
  expect(() => disk.imageInfoSync()).toThrow(/^DELTA_OUTSIDE/);
  const allowed = await openDisk(own, { runner, confine: root });
  expect((await allowed.imageInfo()).clusterSize).toBe(32_768);
  const { findings } = await preflight({ path: own, runner: createRunner() });
  expect(findings).toContainEqual(
    expect.objectContaining({ code: 'DISK_UNREADABLE', severity: 'error' }),
  );
});

test('a copy whose absolute names lead to the original is not merged into it', async () => {
  const root = await temporaryDirectory();
  const [original, copy] = [join(root, '101'), join(root, '102')];
  for (const directory of [original, copy]) {
    await mkdir(directory);
    await writeFile(join(directory, 'd0'), imageBytes({}, [1], 1));
    await writeFile(join(directory, 'd1'), imageBytes({}, [2], 1));
    const nodes = [{ file: join(original, 'd0') }, { parent: 0, file: join(original, 'd1') }];
    await writeFile(join(directory, 'DiskDescriptor.xml'), descriptorXml(nodes));
  }
  const { runner, runs } = untouched();
  await expect((await openDisk(copy, { runner })).mergeSnapshot()).rejects.toMatchObject({
    reason: 'DELTA_OUTSIDE',
    message: expect.stringContaining('a file of the same name is beside the descriptor') as unknown,
  });
  expect(runs).toEqual([]);
});
