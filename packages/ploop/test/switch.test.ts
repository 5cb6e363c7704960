import { access, readdir, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';

import { hasTool, temporaryDirectory } from '@ploop/test-kit';
import { beforeEach, describe, expect, test } from 'vitest';

import {
  createDisk,
  createRunner,
  NIL_GUID,
  openDisk,
  PloopError,
  TOP_GUID,
  type Disk,
  type Runner,
  type SwitchSnapshotOptions,
} from '../src/index.ts';
import { ASKED } from './asked.ts';
import { failingAt } from './failing-runner.ts';
import { blockDeviceTree, kernel } from './kernel-tree.ts';

const FIRST = '{11111111-1111-4111-8111-111111111111}';
const SECOND = '{22222222-2222-4222-8222-222222222222}';
const KEPT = '{33333333-3333-4333-8333-333333333333}';

const runner = createRunner(ASKED);
let disk: Disk;

/** `FIRST → SECOND → top`. */
beforeEach(async () => {
  if (!hasTool) return;
  const path = join(await temporaryDirectory(), 'root.hdd');
  disk = await createDisk({ path, size: 16 * 2 ** 20, fileSystem: 'none', runner });
  await disk.snapshot({ guid: FIRST });
  await disk.snapshot({ guid: SECOND });
});

/** The shots, `GUID ← parent: file`, sorted; and what is in the directory is what the descriptor names. */
async function shape(): Promise<readonly string[]> {
  const snapshots = await disk.snapshots();
  const files = (await readdir(dirname(disk.descriptorPath))).filter((name) =>
    name.startsWith('root.hdd'),
  );
  expect(files.sort()).toEqual(snapshots.map(({ file }) => basename(file ?? '')).sort());
  return snapshots
    .map(({ guid, parentGuid, file }) => `${guid} ← ${parentGuid}: ${basename(file ?? '')}`)
    .sort();
}

async function failure(
  runner: Runner,
  guid: string,
  options: SwitchSnapshotOptions,
): Promise<PloopError> {
  const failing = await openDisk(disk.descriptorPath, { runner });
  const error = await failing.switchSnapshot(guid, options).catch((caught: unknown) => caught);
  if (!(error instanceof PloopError)) throw new Error(`no PloopError: ${String(error)}`);
  return error;
}

describe.skipIf(!hasTool)('the extended switch', () => {
  test('keeps the old top as a snapshot', async () => {
    const old = await disk.topDelta();
    const { topDelta, oldTop } = await disk.switchSnapshot(FIRST, { keepOldTop: { guid: KEPT } });
    expect(oldTop).toBe(KEPT);
    expect(topDelta).toBe(await disk.topDelta());
    expect((await disk.images()).map(({ guid }) => guid)).toEqual([FIRST, TOP_GUID]);
    expect((await disk.images(KEPT)).map(({ guid }) => guid)).toEqual([FIRST, SECOND, KEPT]);
    expect((await disk.images(KEPT)).at(-1)?.file).toBe(old);
    await shape();
  });

  test('makes up the GUID of the old top, and can go back to it', async () => {
    const old = await disk.topDelta();
    const { oldTop = '' } = await disk.switchSnapshot(SECOND, { keepOldTop: true });
    expect(oldTop).toMatch(/^\{[0-9a-f-]{36}\}$/);
    const back = await disk.switchSnapshot(oldTop, { reuseTarget: true });
    expect(back).toEqual({ topDelta: old });
    expect((await disk.images()).map(({ guid }) => guid)).toEqual([FIRST, SECOND, TOP_GUID]);
  });

  test('writes to the parent of the top itself', async () => {
    const [, second] = await disk.images();
    expect(await disk.switchSnapshot(SECOND, { reuseTarget: true })).toEqual({
      topDelta: second?.file,
    });
    expect(await shape()).toEqual(
      [
        `${FIRST} ← ${NIL_GUID}: root.hdd`,
        `${TOP_GUID} ← ${FIRST}: ${basename(second?.file ?? '')}`,
      ].sort(),
    );
  });

  test('writes to a leaf of another branch', async () => {
    await disk.switchSnapshot(FIRST, { keepOldTop: { guid: KEPT } });
    const kept = (await disk.images(KEPT)).at(-1)?.file;
    expect(await disk.switchSnapshot(KEPT, { reuseTarget: true })).toEqual({ topDelta: kept });
    expect((await disk.images()).map(({ guid }) => guid)).toEqual([FIRST, SECOND, TOP_GUID]);
    await shape();
  });

  test.each<[name: string, guid: string, options: SwitchSnapshotOptions, reason: string]>([
    ['the top', TOP_GUID, { keepOldTop: true }, 'SNAPSHOT_IS_TOP'],
    [
      'the top in another spelling',
      TOP_GUID.toUpperCase(),
      { reuseTarget: true },
      'SNAPSHOT_IS_TOP',
    ],
    ['an unknown snapshot', KEPT, { keepOldTop: true }, 'SNAPSHOT_UNKNOWN'],
    ['no GUID', 'x', { keepOldTop: true }, 'GUID_INVALID'],
    ['a target that others hang on', FIRST, { reuseTarget: true }, 'PARENT_IS_SHARED'],
    ['a GUID that is taken', FIRST, { keepOldTop: { guid: SECOND } }, 'GUID_TAKEN'],
    ['a GUID with a meaning', FIRST, { keepOldTop: { guid: NIL_GUID } }, 'GUID_INVALID'],
    [
      'both at once',
      FIRST,
      { keepOldTop: true, reuseTarget: true } as unknown as SwitchSnapshotOptions,
      'OPTION_INVALID',
    ],
  ])('is refused before anything runs: %s', async (_name, guid, options, reason) => {
    const before = await shape();
    const error = await failure(failingAt(1), guid, options);
    expect(error).toMatchObject({ code: 'REFUSED', reason, leftBehind: [] });
    expect(await shape()).toEqual(before);
  });

  test('is refused where the target is temporary, before a snapshot would merge it away', async () => {
    await disk.switchSnapshot(FIRST, { keepOldTop: { guid: KEPT } });
    expect(await disk.deleteSnapshot(FIRST)).toEqual({ outcome: 'marked-temporary' });
    const before = await shape();
    for (const options of [{ keepOldTop: true }, { reuseTarget: true }] as const)
      expect((await failure(failingAt(1), FIRST, options)).code).toBe('REFUSED');
    expect(await shape()).toEqual(before);
  });

  test('is refused while the disk is on a device, before it takes a snapshot', async () => {
    const images = (await disk.images()).map(({ file }) => file);
    const { roots } = await kernel(blockDeviceTree({ images, cookie: 'backup' }));
    const mounted = await openDisk(disk.descriptorPath, { roots, runner: failingAt(1) });
    for (const options of [{ keepOldTop: true }, { reuseTarget: true }] as const)
      await expect(mounted.switchSnapshot(SECOND, options)).rejects.toMatchObject({
        reason: 'DISK_MOUNTED',
        leftBehind: [],
      });
  });

  test('that fails at the first step leaves the disk as it was', async () => {
    await disk.switchSnapshot(FIRST, { keepOldTop: { guid: KEPT } });
    const before = await shape();
    for (const [guid, options] of [
      [SECOND, { keepOldTop: true }],
      [KEPT, { reuseTarget: true }],
    ] as const) {
      const error = await failure(failingAt(1), guid, options);
      expect(error).toMatchObject({ code: 'EXIT', exitCode: 23, leftBehind: [] });
      expect(await shape()).toEqual(before);
    }
  });

  test('that keeps the top and fails at the second step says that there is a snapshot', async () => {
    const old = await disk.topDelta();
    const error = await failure(failingAt(2), FIRST, { keepOldTop: { guid: KEPT } });
    expect(error).toMatchObject({ code: 'EXIT', exitCode: 23 });
    expect(error.leftBehind).toEqual([`snapshot ${KEPT}`, `a new top on snapshot ${KEPT}`]);
    expect((await disk.images()).map(({ guid }) => guid)).toEqual([FIRST, SECOND, KEPT, TOP_GUID]);
    // As it was again.
    await disk.switchSnapshot(KEPT, { reuseTarget: true });
    expect(await disk.topDelta()).toBe(old);
  });

  test('that reuses the target and fails at the second step says that the top is another', async () => {
    await disk.switchSnapshot(FIRST, { keepOldTop: { guid: KEPT } });
    const discarded = await disk.topDelta();
    const error = await failure(failingAt(2), KEPT, { reuseTarget: true });
    expect(error).toMatchObject({ code: 'EXIT', exitCode: 23 });
    expect(error.leftBehind).toEqual([`a new top on snapshot ${KEPT}`, 'the former top, removed']);
    await expect(access(discarded)).rejects.toThrow();
    const again = await disk.switchSnapshot(KEPT, { reuseTarget: true });
    expect(again.topDelta).toBe((await disk.images()).at(-1)?.file);
    await shape();
  });

  test('says what the tool itself leaves when it fails', async () => {
    const [base] = await disk.images();
    await rm(base?.file ?? '');
    await expect(disk.mergeSnapshot(SECOND)).rejects.toMatchObject({
      code: 'EXIT',
      leftBehind: [`${disk.descriptorPath}.tmp, which the descriptor does not name`],
    });
  });
});
