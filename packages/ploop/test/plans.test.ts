import { basename, dirname, join } from 'node:path';
import { readFile, writeFile } from 'node:fs/promises';

import { buildGraph, parseDescriptorOrThrow, serializeDescriptor } from '@ploop/descriptor';
import { descriptorXml, hasTool, temporaryDirectory, testGuid } from '@ploop/test-kit';
import { describe, expect, test } from 'vitest';

import {
  createDisk,
  createRunner,
  openDisk,
  TOP_GUID,
  type Disk,
  type DiskPlan,
} from '../src/index.ts';
import { imageBytes } from './header.ts';

const FIRST = '{11111111-1111-4111-8111-111111111111}';
const SECOND = '{22222222-2222-4222-8222-222222222222}';
const KEPT = '{33333333-3333-4333-8333-333333333333}';

/** Names of new deltas are random. */
const NEW = /\{[0-9a-f-]{36}\}(?=<\/File>)/g;
const comparable = (plan: DiskPlan['descriptor']): string =>
  serializeDescriptor(plan).replace(NEW, '{…}');

describe.skipIf(!hasTool)('a plan is what happens then', () => {
  test.each<
    [name: string, plan: (disk: Disk) => Promise<DiskPlan>, run: (disk: Disk) => Promise<unknown>]
  >([
    [
      'snapshot',
      (disk) => disk.plan.snapshot({ guid: KEPT }),
      (disk) => disk.snapshot({ guid: KEPT }),
    ],
    ['switch', (disk) => disk.plan.switchSnapshot(FIRST), (disk) => disk.switchSnapshot(FIRST)],
    [
      'switch that keeps',
      (disk) => disk.plan.switchSnapshot(FIRST, { keepOldTop: { guid: KEPT } }),
      (disk) => disk.switchSnapshot(FIRST, { keepOldTop: { guid: KEPT } }),
    ],
    [
      'switch that reuses',
      (disk) => disk.plan.switchSnapshot(SECOND, { reuseTarget: true }),
      (disk) => disk.switchSnapshot(SECOND, { reuseTarget: true }),
    ],
    ['delete', (disk) => disk.plan.deleteSnapshot(FIRST), (disk) => disk.deleteSnapshot(FIRST)],
    [
      'delete of the top',
      (disk) => disk.plan.deleteSnapshot(TOP_GUID, { discardTop: true }),
      (disk) => disk.deleteSnapshot(TOP_GUID, { discardTop: true }),
    ],
    ['merge', (disk) => disk.plan.mergeSnapshot(SECOND), (disk) => disk.mergeSnapshot(SECOND)],
  ])('%s', async (_name, plan, run) => {
    const path = join(await temporaryDirectory(), 'root.hdd');
    const disk = await createDisk({ path, size: 16 * 2 ** 20, fileSystem: 'none' });
    await disk.snapshot({ guid: FIRST });
    await disk.snapshot({ guid: SECOND });
    const planned = await plan(disk);
    expect(planned.refusals).toEqual([]);
    expect(planned.actions.length).toBeGreaterThan(0);
    await run(disk);
    const text = await readFile(disk.descriptorPath, 'utf8');
    expect(comparable(planned.descriptor)).toBe(comparable(parseDescriptorOrThrow(text)));
  });
});

test('a plan needs no tool, and says why something is refused', async () => {
  const directory = await temporaryDirectory();
  await writeFile(
    join(directory, 'DiskDescriptor.xml'),
    descriptorXml([{}, { parent: 0 }, { parent: 0 }]),
  );
  const disk = await openDisk(directory, { runner: createRunner({ binary: 'no-such-ploop' }) });
  const codes = ({ outcome, refusals }: DiskPlan): unknown => [
    outcome,
    ...refusals.map(({ code }) => code),
  ];
  const { guid: top } = buildGraph(await disk.descriptor()).top ?? { guid: '' };
  expect(codes(await disk.plan.deleteSnapshot(top))).toEqual([
    'refused',
    'TOP_NOT_DISCARDED',
    'TOP_WOULD_BE_SHARED',
  ]);
  expect(codes(await disk.plan.deleteSnapshot(testGuid(0).toUpperCase()))).toEqual([
    'marked-temporary',
  ]);
  expect(codes(await disk.plan.deleteSnapshot('x'))).toEqual(['refused', 'GUID_INVALID']);
  expect(codes(await disk.plan.switchSnapshot(testGuid(9)))).toEqual([
    'refused',
    'SNAPSHOT_UNKNOWN',
  ]);
  expect(codes(await disk.plan.mergeSnapshot())).toEqual(['refused', 'PARENT_IS_SHARED']);
  const base = (await disk.images())[0]?.file ?? '';
  const replace = { target: { guid: testGuid(0) }, file: join(dirname(base), 'copy') };
  for (const file of [base, replace.file]) await writeFile(file, imageBytes());
  const planned = await disk.plan.replace(replace);
  expect(planned.outcome).toBe('replaced');
  expect(planned.descriptor.images[0]?.file).toBe('copy');
  expect(codes(await disk.plan.replace({ ...replace, release: '9' }))).toEqual([
    'refused',
    'OFFLINE_UNSUPPORTED',
  ]);
  expect(await disk.plan.replace({ ...replace, target: { level: 0 } })).toEqual(planned);
  expect(codes(await disk.plan.replace({ ...replace, target: { level: 9 } }))).toEqual([
    'refused',
    'SNAPSHOT_UNKNOWN',
  ]);
  expect(basename(base)).toBe('d0');
});

test.skipIf(!hasTool)(
  'a plan of a single call says what would be called, and calls nothing',
  async () => {
    const path = join(await temporaryDirectory(), 'root.hdd');
    const disk = await createDisk({ path, size: 16 * 2 ** 20, fileSystem: 'none' });
    const before = await readFile(disk.descriptorPath, 'utf8');
    const descriptor = disk.descriptorPath;
    expect(await disk.plan.convert({ format: 'raw' })).toEqual({
      ...{ outcome: 'called', refusals: [], warnings: [], actions: [] },
      command: 'convert',
      input: { descriptor, format: 'raw' },
    });
    expect(await disk.plan.resize(32 * 2 ** 20)).toMatchObject({ command: 'resize' });
    expect(await disk.plan.check()).toMatchObject({ command: 'check' });
    expect(await disk.plan.mount({ readonly: true })).toMatchObject({ command: 'mount' });
    expect(await disk.plan.mount({ target: join(path, 'no') })).toMatchObject({
      outcome: 'refused',
      refusals: [{ code: 'DIRECTORY_MISSING' }],
    });
    expect(await disk.plan.temporarySnapshot({ component: 'x' })).toMatchObject({
      command: 'tsnapshot',
    });
    expect(await readFile(disk.descriptorPath, 'utf8')).toBe(before);
    await disk.snapshot();
    expect(await disk.plan.convert({ format: 'raw' })).toMatchObject({
      outcome: 'refused',
      refusals: [{ code: 'DISK_HAS_SNAPSHOTS' }],
    });
  },
);
