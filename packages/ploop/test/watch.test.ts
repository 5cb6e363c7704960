import { copyFile, mkdir, readFile, rename, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

import { runSync } from '@ploop/descriptor/internal';
import { descriptorXml, hasTool, sample, temporaryDirectory } from '@ploop/test-kit';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import {
  createDisk,
  createRunner,
  NIL_GUID,
  openDisk,
  TOP_GUID,
  type Disk,
  type DiskChange,
} from '../src/index.ts';
import { stateOf } from '../src/state/state.ts';
import { changesOf } from '../src/watch/changes-of.ts';
import { ASKED } from './asked.ts';

const FIRST = '{11111111-1111-4111-8111-111111111111}';
const SECOND = '{22222222-2222-4222-8222-222222222222}';
const KEPT = '{33333333-3333-4333-8333-333333333333}';
const MIB = 2 ** 20;

async function newDisk(): Promise<Disk> {
  const path = join(await temporaryDirectory(), 'root.hdd');
  return createDisk({ path, size: 16 * MIB, fileSystem: 'none', runner: createRunner(ASKED) });
}

/** The next changes, as many as asked for. */
async function take(
  changes: AsyncIterator<DiskChange>,
  count: number,
): Promise<readonly DiskChange[]> {
  const taken: DiskChange[] = [];
  while (taken.length < count) {
    const next: IteratorResult<DiskChange, unknown> = await changes.next();
    if (next.done === true) break;
    taken.push(next.value);
  }
  return taken;
}

describe.skipIf(!hasTool)('what becomes of a disk', () => {
  test('is known by its states before and after', async () => {
    const disk = await newDisk();
    const base = await disk.topDelta();
    /** What an operation comes to. */
    const changesBy = async (work: () => Promise<unknown>): Promise<readonly DiskChange[]> => {
      const before = runSync(stateOf(disk.descriptorPath));
      await work();
      return changesOf(before, runSync(stateOf(disk.descriptorPath)));
    };
    expect(await changesBy(() => disk.snapshot({ guid: FIRST }))).toEqual([
      { change: 'snapshot-added', guid: FIRST, parentGuid: NIL_GUID, file: base },
    ]);
    const second = await disk.topDelta();
    expect(await changesBy(() => disk.snapshot({ guid: SECOND }))).toEqual([
      { change: 'snapshot-added', guid: SECOND, parentGuid: FIRST, file: second },
    ]);
    const old = await disk.topDelta();
    const keeping = await changesBy(() =>
      disk.switchSnapshot(FIRST, { keepOldTop: { guid: KEPT } }),
    );
    expect(keeping).toEqual([
      { change: 'snapshot-added', guid: KEPT, parentGuid: SECOND, file: old },
      { change: 'switched', from: SECOND, to: FIRST, topDelta: await disk.topDelta() },
    ]);
    expect(await changesBy(() => disk.deleteSnapshot(FIRST))).toEqual([
      { change: 'snapshot-marked', guid: FIRST, temporary: true },
    ]);
    expect(await changesBy(() => disk.deleteSnapshot(SECOND))).toEqual([
      { change: 'snapshot-merged', guid: SECOND, into: KEPT },
    ]);
    // The tool merges the one that was marked along.
    expect(await changesBy(() => disk.deleteSnapshot(KEPT))).toEqual([
      { change: 'snapshot-merged', guid: FIRST, into: TOP_GUID },
      { change: 'snapshot-removed', guid: KEPT },
    ]);
    expect(await changesBy(() => Promise.resolve())).toEqual([]);
    const text = await readFile(disk.descriptorPath, 'utf8');
    const heads = text.replace('<Heads>16', '<Heads>8');
    expect(await changesBy(() => writeFile(disk.descriptorPath, heads))).toEqual([
      { change: 'descriptor-changed' },
    ]);
  });

  test('reports switches and an image that is replaced', async () => {
    const disk = await newDisk();
    await disk.snapshot({ guid: FIRST });
    await disk.snapshot({ guid: SECOND });
    const changes = async (work: () => Promise<unknown>): Promise<readonly DiskChange[]> => {
      const before = runSync(stateOf(disk.descriptorPath));
      await work();
      return changesOf(before, runSync(stateOf(disk.descriptorPath)));
    };
    const [base] = await disk.images();
    expect(await changes(() => disk.switchSnapshot(FIRST))).toEqual([
      { change: 'switched', from: SECOND, to: FIRST, topDelta: await disk.topDelta() },
    ]);
    const reused = await changes(() => disk.switchSnapshot(SECOND, { reuseTarget: true }));
    expect(reused).toEqual([
      { change: 'snapshot-merged', guid: SECOND, into: TOP_GUID },
      { change: 'switched', from: FIRST, to: SECOND, topDelta: await disk.topDelta() },
    ]);
    const copy = `${base?.file ?? ''}.copy`;
    await copyFile(base?.file ?? '', copy);
    const descriptor = { descriptor: disk.descriptorPath, guid: base?.guid ?? TOP_GUID };
    const replacing = await changes(() =>
      createRunner().replace({ ...descriptor, replacement: copy }),
    );
    expect(replacing).toEqual([
      { change: 'image-replaced', guid: FIRST, from: base?.file, file: copy },
    ]);
  });

  test('is not lost while nobody takes it', async () => {
    await using disk = await newDisk();
    const changes = disk.watch()[Symbol.asyncIterator]();
    const first = changes.next();
    const guids = [];
    for (let made = 0; made < 5; made += 1) guids.push((await disk.snapshot()).guid);
    await delay(50);
    const told = [(await first).value as DiskChange, ...(await take(changes, 4))];
    expect(told.map((change) => 'guid' in change && change.guid)).toEqual(guids);
  });

  test('adds up, whatever is done', { timeout: 120_000 }, async () => {
    const step = fc.tuple(
      fc.constantFrom('snapshot', 'snapshot', 'switch', 'keep', 'reuse', 'delete', 'merge'),
      fc.nat({ max: 20 }),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 6 }), async (steps) => {
        await using disk = await newDisk();
        const known = new Set<string>((await disk.snapshots()).map(({ guid }) => guid));
        const over = new AbortController();
        const watching = (async () => {
          for await (const change of disk.watch({ signal: over.signal })) {
            if (change.change === 'snapshot-added') known.add(change.guid);
            else if (change.change === 'snapshot-removed' || change.change === 'snapshot-merged')
              expect(known.delete(change.guid)).toBe(true);
            else expect(['switched', 'snapshot-marked']).toContain(change.change);
          }
        })();
        for (const [name, pick] of steps) {
          const snapshots = await disk.snapshots();
          const guid = snapshots[pick % snapshots.length]?.guid ?? '';
          await (
            {
              snapshot: () => disk.snapshot(),
              switch: () => disk.switchSnapshot(guid),
              keep: () => disk.switchSnapshot(guid, { keepOldTop: true }),
              reuse: () => disk.switchSnapshot(guid, { reuseTarget: true }),
              delete: () => disk.deleteSnapshot(guid, { discardTop: true }),
              merge: () => disk.mergeSnapshot(guid),
            }[name] as () => Promise<unknown>
          )().catch(() => undefined);
        }
        const actual = (await disk.snapshots()).map(({ guid }) => guid as string).sort();
        await expect.poll(() => [...known].sort(), { timeout: 60_000 }).toEqual(actual);
        over.abort();
        await watching;
      }),
      sample('watched disks', 3),
    );
  });
});

async function plainDisk(): Promise<{ disk: Disk; path: string }> {
  const directory = await temporaryDirectory();
  const path = join(directory, 'DiskDescriptor.xml');
  await writeFile(path, descriptorXml([{}, { parent: 0 }]));
  return { disk: await openDisk(directory), path };
}

test('a descriptor that goes and comes back is reported', async () => {
  const { disk, path } = await plainDisk();
  const text = await readFile(path, 'utf8');
  const changes = disk.watch({ intervalMs: 50 })[Symbol.asyncIterator]();
  const first = changes.next();
  await delay(300);
  await rename(path, `${path}.away`);
  expect(await first).toMatchObject({
    value: { change: 'unreadable', error: { code: 'FILE_UNREADABLE' } },
  });
  await writeFile(path, text.replace(/<Disk_size>\d+/, '<Disk_size>4096'));
  expect(await take(changes, 2)).toEqual([
    { change: 'readable' },
    { change: 'resized', size: 4096 * 512 },
  ]);
  await changes.return?.();
});

test('it ends with its signal, with the disk, and with the loop', async () => {
  const { disk } = await plainDisk();
  const over = new AbortController();
  const bySignal = take(disk.watch({ signal: over.signal })[Symbol.asyncIterator](), 1);
  over.abort();
  expect(await bySignal).toEqual([]);
  expect(
    await take(disk.watch({ signal: AbortSignal.abort() })[Symbol.asyncIterator](), 1),
  ).toEqual([]);
  const byDisk = take(disk.watch()[Symbol.asyncIterator](), 1);
  await disk[Symbol.asyncDispose]();
  expect(await byDisk).toEqual([]);
  // A timer of more would fire at once, over and over.
  for (const intervalMs of [0, -1, NaN, Infinity, 2 ** 31])
    expect(() => disk.watch({ intervalMs })).toThrow(/intervalMs/);
});

test('a disk opened through a link to its directory is watched where it is', async () => {
  const { path } = await plainDisk();
  const away = await temporaryDirectory();
  await mkdir(join(away, 'links'));
  const link = join(away, 'links', 'disk');
  await symlink(join(path, '..'), link);
  await using disk = await openDisk(link);
  expect(disk.descriptorPath).toBe(path);
  const changes = disk.watch({ intervalMs: 60_000 })[Symbol.asyncIterator]();
  const next = changes.next();
  await delay(100);
  const text = await readFile(path, 'utf8');
  await writeFile(`${path}.tmp`, text.replace(/<Disk_size>\d+/, '<Disk_size>8192'));
  await rename(`${path}.tmp`, path);
  expect((await next).value).toEqual({ change: 'resized', size: 8192 * 512 });
});
