import { cp, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { descriptorXml, temporaryDirectory } from '@ploop/test-kit';
import { expect, test } from 'vitest';

import { createRunner, openDisk, SpawnError, type Disk } from '../../src/index.ts';
import { makeChain } from './disk.ts';
import { BASE, MIDDLE, TOP } from './operations.ts';
import { makeRival, OWN, type Rival } from './rival.ts';

const runner = createRunner({ binary: 'no-such-ploop', release: { from: '1.15', to: '1.15' } });
const PLANS = {
  mount: (disk) => disk.plan.mount(),
  'merge the top': (disk) => disk.plan.mergeSnapshot(),
  'merge the middle': (disk) => disk.plan.mergeSnapshot(MIDDLE),
  'delete the middle': (disk) => disk.plan.deleteSnapshot(MIDDLE),
  'delete the top': (disk) => disk.plan.deleteSnapshot(TOP, { discardTop: true }),
  'switch to the base': (disk) => disk.plan.switchSnapshot(BASE),
  snapshot: (disk) => disk.plan.snapshot(),
  grow: (disk) => disk.plan.grow(2 ** 24),
  'convert the version': (disk) => disk.plan.convert({ version: 2 }),
} as const satisfies Record<string, (disk: Disk) => Promise<object>>;
type Name = keyof typeof PLANS;
const all = Object.keys(PLANS) as readonly Name[];

const COPY: Rival = {
  name: 'DiskDescriptor.xml.copy',
  ...{ shared: 2, on: 1, isTop: true, own: 'data' },
};

/** Other descriptors, and which plans are refused because of them. */
const CASES: Readonly<Record<string, readonly [Rival, readonly Name[]]>> = {
  'a live migration from the snapshot below the top': [
    COPY,
    ['merge the top', 'merge the middle', 'delete the middle', 'convert the version'],
  ],
  'a snapshot of the top that is not in the descriptor': [
    { ...COPY, shared: 3, on: 2 },
    all.filter((name) => name !== 'snapshot'),
  ],
  'another state over the base': [
    { ...COPY, shared: 1, on: 0 },
    ['merge the middle', 'convert the version'],
  ],
  'a lost branch from the base': [
    { ...COPY, shared: 3, on: 0, isTop: false },
    ['merge the middle', 'convert the version'],
  ],
  'another top beside the one of the disk': [
    { ...COPY, shared: 3, on: 0 },
    all.filter((name) => name !== 'snapshot'),
  ],
  'a state before, whose top is gone': [{ ...COPY, shared: 3, on: 2, own: 'missing' }, []],
  'a snapshot that the tool did not finish': [
    { ...COPY, name: 'DiskDescriptor.xml.tmp', shared: 3, on: 2, own: 'empty' },
    [],
  ],
  'a snapshot that the tool did not finish, and data since': [
    { ...COPY, name: 'DiskDescriptor.xml.tmp', shared: 3, on: 2 },
    all.filter((name) => name !== 'snapshot'),
  ],
  'a migration that has just begun': [
    { ...COPY, own: 'empty' },
    ['merge the top', 'merge the middle', 'delete the middle', 'convert the version'],
  ],
};

/** The codes of the findings that a plan is refused for; none if only the tool is left to ask, which is not there. */
async function codesOf(planned: Promise<object>): Promise<readonly string[]> {
  const plan = await planned.catch((error: unknown) => {
    if (error instanceof SpawnError) return {};
    throw error;
  });
  const { refusals = [plan] } = plan as { refusals?: readonly object[] };
  return refusals.flatMap((one) => {
    const { diagnostics = [] } = one as { diagnostics?: readonly { readonly code: string }[] };
    return diagnostics.map(({ code }) => code);
  });
}

test.each(Object.entries(CASES))('%s', async (_name, [rival, refused]) => {
  const directory = join(await temporaryDirectory(), 'disk');
  makeChain(directory);
  makeRival(directory, { ...rival, version: 1 });
  const disk = await openDisk(directory, { runner });
  const found: Name[] = [];
  for (const name of all)
    if ((await codesOf(PLANS[name](disk))).includes('DESCRIPTOR_RIVAL')) found.push(name);
  expect(found).toEqual(refused);
});

test('the mutation is refused as its plan is, with the finding, and allowed when asked', async () => {
  const directory = join(await temporaryDirectory(), 'disk');
  makeChain(directory);
  makeRival(directory, { ...COPY, version: 1 });
  const disk = await openDisk(directory, { runner });
  const file = (name: string): string => join(directory, name);
  await expect(disk.mergeSnapshot()).rejects.toMatchObject({
    code: 'REFUSED',
    reason: 'DESCRIPTOR_RIVAL',
    diagnostics: [
      {
        code: 'DESCRIPTOR_RIVAL',
        data: {
          file: file(COPY.name),
          images: [{ file: file(OWN), isTop: true }],
          needs: [file('d0'), file('d1')],
        },
      },
    ],
  });
  expect(await disk.plan.mergeSnapshot(undefined, { allowRival: true })).toMatchObject({
    outcome: 'merged',
  });
});

test('an image that another descriptor names by a symlink is known', async () => {
  const directory = join(await temporaryDirectory(), 'disk');
  makeChain(directory);
  makeRival(directory, { ...COPY, shared: 1, on: 0, version: 1 });
  await symlink('d0', join(directory, 'base'));
  const xml = descriptorXml([{ file: 'base' }, { file: OWN, parent: 0 }]);
  await writeFile(join(directory, COPY.name), xml);
  const disk = await openDisk(directory, { runner });
  expect(await codesOf(disk.plan.mergeSnapshot(MIDDLE))).toContain('DESCRIPTOR_RIVAL');
});

test('a copy takes the place of an image under a name of its own, but not under its name', async () => {
  const directory = join(await temporaryDirectory(), 'disk');
  makeChain(directory);
  makeRival(directory, { ...COPY, version: 1 });
  const copy = join(directory, 'copy');
  await cp(join(directory, 'd0'), copy);
  const disk = await openDisk(directory, { runner });
  const replace = { target: { guid: BASE }, file: copy };
  expect(await disk.plan.replace(replace)).toMatchObject({ outcome: 'replaced' });
  const kept = disk.plan.replace({ ...replace, keepName: true });
  expect(await codesOf(kept)).toContain('DESCRIPTOR_RIVAL');
});
