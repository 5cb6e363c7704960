import { copyFile, mkdir, readFile, readdir, rm, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';

import { descriptorXml, hasTool, imageBytes, temporaryDirectory, testGuid } from '@ploop/test-kit';
import { expect, test } from 'vitest';

import { createRunner, planCall, restoreDescriptor } from '../src/index.ts';
import { ASKED } from './asked.ts';

const BASE = 'root.hds';
const DELTA = `${BASE}.${testGuid(1)}`;
const EMPTY = imageBytes({ clusters: 4 });

/** What can lie beside a base, and whether that can be a later state of its disk. */
const NEIGHBOURS: readonly [string, string, Uint8Array, boolean][] = [
  ['a delta with the name that the tool gives it', DELTA, EMPTY, true],
  ['a delta in upper case', `${BASE}.${testGuid(10).toUpperCase()}`, EMPTY, true],
  ['a delta of another base', `other.${testGuid(1)}`, EMPTY, true],
  ['a delta whose header is gone', DELTA, new Uint8Array(4096), true],
  ['an empty file with the name of a delta', DELTA, new Uint8Array(0), true],
  ['a delta that was packed', `${DELTA}.gz`, new Uint8Array(99), true],
  ['a delta that is being copied', `.${DELTA}.x8Kq2L`, new Uint8Array(99), true],
  ['a delta that was set aside', `${DELTA} (1).orig`, new Uint8Array(99), true],
  ['a GUID in another place of a name', `${testGuid(1)}.txt`, new Uint8Array(99), false],
  ['an image with any name', 'saved', EMPTY, true],
  ['an image of another size', 'root.hds.orig', imageBytes({ clusters: 9 }), true],
  ['an image of version 1', 'old', imageBytes({ clusters: 4, version: 1 }), true],
  ['the lock of the tool', 'DiskDescriptor.xml.lck', new Uint8Array(0), false],
  ['a note', 'README', Buffer.from('x'.repeat(100)), false],
];

test.each(NEIGHBOURS)('beside %s', async (_what, name, bytes, isRefused) => {
  const directory = await temporaryDirectory();
  const image = join(directory, BASE);
  await writeFile(image, EMPTY);
  await writeFile(join(directory, name), bytes);
  const plan = await planCall((runner) => restoreDescriptor({ directory, image, runner }));
  expect(plan).toMatchObject(
    isRefused
      ? { outcome: 'refused', refusals: [{ code: 'DELTAS_BESIDE' }] }
      : { outcome: 'called', command: 'restoreDescriptor' },
  );
  if (isRefused) {
    expect(plan).toMatchObject({
      refusals: [{ hint: expect.stringContaining(JSON.stringify(name)) as unknown }],
    });
    await expect(restoreDescriptor({ directory, image })).rejects.toMatchObject({
      code: 'REFUSED',
      reason: 'DELTAS_BESIDE',
      hint: expect.stringContaining('from a backup') as unknown,
    });
  }
  expect((await readdir(directory)).sort()).toEqual([BASE, name].sort());
  const forced = await planCall((runner) =>
    restoreDescriptor({ directory, image, alone: true, runner }),
  );
  expect(forced).toMatchObject({ outcome: 'called', input: { alone: true } });
});

const CHAIN = descriptorXml([{ file: BASE }, { parent: 0, file: `gone/${DELTA}` }]);

test.each<[string, (directory: string) => Promise<void>, string]>([
  [
    'a delta whose name is not UTF-8',
    (directory) => writeFile(Buffer.from(`${directory}/old \xf1tate`, 'latin1'), EMPTY),
    '"old \\\\xf1tate"',
  ],
  ['a delta behind a symlink', (directory) => symlink('/elsewhere', join(directory, DELTA)), DELTA],
  [
    'a descriptor of a chain whose delta is elsewhere',
    (directory) => writeFile(join(directory, 'DiskDescriptor.xml.bak'), CHAIN),
    'DiskDescriptor.xml.bak',
  ],
  [
    'a descriptor of a chain in UTF-16',
    (directory) => writeFile(join(directory, 'other'), Buffer.from(`\uFEFF${CHAIN}`, 'utf16le')),
    'other',
  ],
])('is refused beside %s', async (_what, make, shown) => {
  const directory = await temporaryDirectory();
  const image = join(directory, BASE);
  await writeFile(image, EMPTY);
  await make(directory);
  expect(await planCall((runner) => restoreDescriptor({ directory, image, runner }))).toMatchObject(
    {
      outcome: 'refused',
      refusals: [{ code: 'DELTAS_BESIDE', hint: expect.stringContaining(shown) as unknown }],
    },
  );
});

/** What can lie below the directory of a base, and whether that can be a later state of its disk. */
const BELOW: readonly [what: string, files: Record<string, string | Uint8Array>, boolean][] = [
  ['a delta', { [`snapshots/${DELTA}`]: EMPTY }, true],
  ['a delta two levels down', { [`old/snapshots/${DELTA}`]: EMPTY }, true],
  ['a delta whose header is gone', { [`snapshots/${DELTA}`]: new Uint8Array(99) }, true],
  ['an image with any name', { 'saved/monday': EMPTY }, true],
  ['the descriptor of the chain', { 'saved/old.xml': CHAIN.replace(BASE, `../${BASE}`) }, true],
  [
    'the directory of a disk that names this image',
    { 'clone/DiskDescriptor.xml': CHAIN.replace(BASE, `../${BASE}`), 'clone/top': EMPTY },
    true,
  ],
  [
    'the directory of another disk',
    { 'other/DiskDescriptor.xml': CHAIN, [`other/${BASE}`]: EMPTY, [`other/${DELTA}`]: EMPTY },
    false,
  ],
  ['notes', { 'notes/README': 'x'.repeat(100) }, false],
];

test.each(BELOW)('above %s', async (_what, files, isRefused) => {
  const directory = await temporaryDirectory();
  const image = join(directory, BASE);
  await writeFile(image, EMPTY);
  for (const [name, content] of Object.entries(files)) {
    await mkdir(dirname(join(directory, name)), { recursive: true });
    await writeFile(join(directory, name), content);
  }
  expect(await planCall((runner) => restoreDescriptor({ directory, image, runner }))).toMatchObject(
    isRefused
      ? { outcome: 'refused', refusals: [{ code: 'DELTAS_BESIDE' }] }
      : { outcome: 'called' },
  );
});

test('is not refused beside a descriptor of other images, or of this one alone', async () => {
  const directory = await temporaryDirectory();
  const image = join(directory, BASE);
  await writeFile(image, EMPTY);
  await writeFile(join(directory, 'other.xml'), descriptorXml([{}, { parent: 0 }]));
  await writeFile(join(directory, 'own.xml'), descriptorXml([{ file: BASE }]));
  expect(await planCall((runner) => restoreDescriptor({ directory, image, runner }))).toMatchObject(
    { outcome: 'called' },
  );
});

test('says which image it is: version, size, clusters, when it was written', async () => {
  const directory = await temporaryDirectory();
  const image = join(directory, BASE);
  await writeFile(image, EMPTY);
  for (let index = 0; index < 12; index += 1)
    await writeFile(join(directory, `${BASE}.${testGuid(index)}`), imageBytes({ clusters: 4 }));
  const failure = restoreDescriptor({ directory, image });
  await expect(failure).rejects.toThrow(
    /version 2, a disk of 256 sectors, clusters of 64 sectors, \d+ bytes, last written 20\d\d-/,
  );
  await expect(failure).rejects.toThrow(/; 2 more$/);
});

test('deltas are found where the image is, where it really is, and where the descriptor goes', async () => {
  const root = await temporaryDirectory();
  const linked = join(root, 'linked');
  const real = join(root, 'real');
  const target = join(root, 'target');
  for (const directory of [linked, real, target]) await mkdir(directory);
  await writeFile(join(real, BASE), EMPTY);
  await symlink(join(real, BASE), join(linked, BASE));
  const plan = (): Promise<unknown> =>
    planCall((runner) =>
      restoreDescriptor({ directory: target, image: join(linked, BASE), runner }),
    );
  expect(await plan()).toMatchObject({ outcome: 'called' });
  for (const directory of [linked, real, target]) {
    await writeFile(join(directory, DELTA), EMPTY);
    const name = directory === linked ? DELTA : join(directory, DELTA);
    expect(await plan()).toMatchObject({
      outcome: 'refused',
      refusals: [
        {
          code: 'DELTAS_BESIDE',
          hint: expect.stringContaining(
            `a symlink to ${join(real, BASE)}, is not the only image here: ${JSON.stringify(name)}`,
          ) as unknown,
        },
      ],
    });
    await rm(join(directory, DELTA));
  }
});

test.runIf(hasTool)('the oldest state is restored from a copy, and the disk stays', async () => {
  const directory = await temporaryDirectory();
  const image = join(directory, BASE);
  const base = imageBytes({ clusters: 4, version: 1 });
  await writeFile(image, base);
  await writeFile(join(directory, DELTA), EMPTY);
  const copies = await temporaryDirectory();
  await copyFile(image, join(copies, BASE));
  const runner = createRunner(ASKED);
  const disk = await restoreDescriptor({ directory: copies, image: join(copies, BASE), runner });
  expect(await disk.images()).toMatchObject([{ file: join(copies, BASE) }]);
  expect((await readdir(directory)).sort()).toEqual([BASE, DELTA]);
  expect(Buffer.from(base).equals(await readFile(image))).toBe(true);
});

test.each(['DiskDescriptor.xml.tmp', 'DiskDescriptor.xml.lck', '.statfs'])(
  'no symlink at %s leads the tool out of the directory',
  async (name) => {
    const directory = await temporaryDirectory();
    const foreign = join(await temporaryDirectory(), 'foreign');
    await writeFile(foreign, 'precious');
    const image = join(directory, BASE);
    await writeFile(image, EMPTY);
    await symlink(foreign, join(directory, name));
    for (const alone of [true, undefined])
      await expect(restoreDescriptor({ directory, image, alone })).rejects.toMatchObject({
        code: 'REFUSED',
        reason: 'DELTA_OUTSIDE',
      });
    expect(await readFile(foreign, 'utf8')).toBe('precious');
    expect((await readdir(directory)).sort()).toEqual([name, BASE].sort());
  },
);
