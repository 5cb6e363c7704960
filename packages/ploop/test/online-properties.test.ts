import { open } from 'node:fs/promises';
import { join } from 'node:path';

import { openSnapshot } from '@ploop/offline';
import { sample } from '@ploop/test-kit';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { isPloopError, TOP_GUID, type Disk } from '../src/index.ts';
import { hasKernel } from './kernel/world.ts';
import { machine, type Machine } from './machine.ts';

const MIB = 2 ** 20;
/** Clusters that are written to. */
const CLUSTERS = 6;

type Name = 'write' | 'mount' | 'umount' | 'snapshot' | 'switch' | 'delete' | 'merge' | 'show';
type Step = readonly [name: Name, pick: number];

const NAMES: readonly Name[] = [
  ...(['write', 'write', 'write', 'write', 'mount', 'mount', 'umount'] as const),
  ...(['snapshot', 'snapshot', 'snapshot', 'switch', 'delete', 'merge', 'show'] as const),
];

const steps: fc.Arbitrary<readonly Step[]> = fc.array(
  fc.tuple(fc.constantFrom(...NAMES), fc.nat({ max: 60 })),
  { minLength: 4, maxLength: 24 },
);

/** What each shot holds: the byte at the start of each cluster. */
type Contents = Map<string, readonly number[]>;

async function write({ disk, roots }: Machine, contents: Contents, pick: number): Promise<void> {
  if (!(await disk.isMounted())) return;
  const cluster = pick % CLUSTERS;
  const device = await open(join(roots.dev, 'ploop0'), 'r+');
  await device.write(Buffer.of(pick + 1), 0, 1, cluster * MIB);
  await device.close();
  const now = contents.get(TOP_GUID) ?? [];
  contents.set(TOP_GUID, now.with(cluster, pick + 1));
}

async function take(made: Machine, contents: Contents, [name, pick]: Step): Promise<void> {
  const { disk } = made;
  const shots = await disk.snapshots();
  const guid = shots[pick % shots.length]?.guid ?? TOP_GUID;
  const held = (of: string): readonly number[] => contents.get(of) ?? [];
  const acts: Record<Name, () => Promise<unknown>> = {
    write: () => write(made, contents, pick),
    mount: () => disk.mount(),
    umount: () => disk.umount(),
    snapshot: async () => contents.set((await disk.snapshot()).guid, held(TOP_GUID)),
    switch: async () => {
      await disk.switchSnapshot(guid);
      contents.set(TOP_GUID, held(guid));
    },
    delete: () => disk.deleteSnapshot(guid),
    merge: () => disk.mergeSnapshot(guid),
    show: async () => {
      await disk.mount({ guid, readonly: true, component: 'shown' });
      await disk.umount({ component: 'shown' });
    },
  };
  await acts[name]();
}

/** Every shot that is there holds what it held. */
async function compare(disk: Disk, contents: Contents): Promise<void> {
  for (const { guid } of await disk.snapshots()) {
    const snapshot = await openSnapshot(disk.descriptorPath, guid);
    const found: number[] = [];
    for (let cluster = 0; cluster < CLUSTERS; cluster += 1)
      found.push((await snapshot.read(cluster * MIB, 1))[0] ?? -1);
    await snapshot.close();
    expect({ guid, found }).toEqual({ guid, found: contents.get(guid) });
  }
}

/** Devices, descriptor and files say the same. */
async function agree({ disk, runner }: Machine): Promise<void> {
  const { device } = await runner.infoDevice({ descriptor: disk.descriptorPath });
  expect(await disk.isMounted()).toBe(device !== undefined);
  const mounts = await disk.mounts();
  expect(disk.mountsSync()).toEqual(mounts);
  expect(mounts.map((mount) => mount.device)).toEqual(device === undefined ? [] : [device]);
  const chain = (await disk.images()).map(({ file }) => file);
  for (const mount of mounts) expect(mount).toMatchObject({ images: chain, guid: TOP_GUID });
  const { size, clusterSize, version } = await disk.imageInfo();
  expect(await runner.info({ descriptor: disk.descriptorPath })).toEqual({
    ...{ size, clusterSize, version },
  });
}

describe.skipIf(!hasKernel)('any sequence of changes on a mounted disk', () => {
  test('keeps what its snapshots hold, and reads agree with the tool', async () => {
    const property = fc.asyncProperty(steps, async (sequence) => {
      const made = await machine();
      const contents: Contents = new Map([[TOP_GUID, Array<number>(CLUSTERS).fill(0)]]);
      await made.disk.mount();
      for (const step of sequence) {
        await take(made, contents, step).catch((error: unknown) => {
          if (!isPloopError(error)) throw error;
        });
        await agree(made);
      }
      if (await made.disk.isMounted()) await made.disk.umount();
      await compare(made.disk, contents);
    });
    await fc.assert(property, sample('sequences on a mounted disk', 3));
  });
});
