import { NIL_GUID, TOP_GUID } from '@ploop/descriptor';
import { expect } from 'vitest';

import type { CommandName } from '../../src/index.ts';
import { fails, failsMounted, shotGuid, works, worksMounted, type RealCase } from './given.ts';

const PARAM = { code: 'EXIT', exitCode: 38, exitName: 'PARAM' };

export const snapshots = {
  snapshot: [
    works('takes one', async ({ runner, disk }) => {
      const { descriptor } = await disk();
      const { guid } = await runner.snapshot({ descriptor });
      expect(await runner.snapshotList({ descriptor })).toMatchObject([
        { guid, parentGuid: NIL_GUID },
        { guid: TOP_GUID, parentGuid: guid, current: true },
      ]);
    }),
    worksMounted('takes one of a mounted disk', async ({ runner, disk }) => {
      const { descriptor } = await disk();
      await runner.mount({ descriptor });
      expect(await runner.snapshot({ descriptor, guid: shotGuid(1) })).toEqual({
        guid: shotGuid(1),
      });
      expect(await runner.snapshotList({ descriptor })).toHaveLength(2);
    }),
    fails('a GUID that is there', async ({ runner, disk }) => {
      const { descriptor } = await disk(1);
      await expect(runner.snapshot({ descriptor, guid: shotGuid(1) })).rejects.toMatchObject(PARAM);
    }),
    failsMounted('offline, while it is mounted', async ({ runner, disk }) => {
      const { descriptor } = await disk();
      await runner.mount({ descriptor, component: 'other' });
      await expect(runner.snapshot({ descriptor, offline: true })).rejects.toMatchObject({
        reason: expect.stringMatching(/DISK_MOUNTED|NOT_IN_RELEASE/) as unknown,
      });
    }),
  ],
  snapshotDelete: [
    works('a leaf, an only child, and a parent of two', async ({ runner, disk }) => {
      const { descriptor } = await disk(2);
      await runner.snapshotSwitch({ descriptor, guid: shotGuid(1) });
      expect(await runner.snapshotDelete({ descriptor, guid: shotGuid(1) })).toEqual({
        markedTemporary: true,
      });
      expect(await runner.snapshotDelete({ descriptor, guid: shotGuid(2) })).toEqual({
        markedTemporary: false,
      });
    }),
    fails('an unknown one', async ({ runner, disk }) => {
      const { descriptor } = await disk();
      await expect(runner.snapshotDelete({ descriptor, guid: shotGuid(9) })).rejects.toMatchObject({
        exitCode: 43,
        exitName: 'NOSNAP',
      });
    }),
    failsMounted('the top of a mounted disk', async ({ runner, disk }) => {
      const { descriptor } = await disk(1);
      await runner.mount({ descriptor });
      await expect(
        runner.snapshotDelete({ descriptor, guid: TOP_GUID, discardTop: true }),
      ).rejects.toMatchObject(PARAM);
    }),
  ],
  snapshotList: [
    works('all, one with its ancestors, and without the top', async ({ runner, disk }) => {
      const { descriptor } = await disk(2);
      const guids = async (input: object): Promise<readonly string[]> =>
        (await runner.snapshotList({ descriptor, ...input })).map(({ guid }) => guid);
      expect(await guids({})).toEqual([shotGuid(1), shotGuid(2), TOP_GUID]);
      expect(await guids({ snapshotsOnly: true })).toEqual([shotGuid(1), shotGuid(2)]);
      expect(await guids({ guid: shotGuid(1) })).toEqual([shotGuid(1)]);
    }),
    works('a disk without snapshots, without the top', async ({ runner, disk }) => {
      const { descriptor } = await disk();
      expect(await runner.snapshotList({ descriptor, snapshotsOnly: true })).toEqual([]);
    }),
    fails('an unknown one, and no disk', async ({ runner, disk }) => {
      const { descriptor, directory } = await disk();
      const failed = { code: 'EXIT', exitCode: 1 };
      await expect(runner.snapshotList({ descriptor, guid: shotGuid(9) })).rejects.toMatchObject(
        failed,
      );
      await expect(
        runner.snapshotList({ descriptor: `${directory}/no.xml` }),
      ).rejects.toMatchObject(failed);
    }),
  ],
  snapshotMerge: [
    works('the top, everything, and a part', async ({ runner, disk }) => {
      const { descriptor } = await disk(4);
      await runner.snapshotMerge({ descriptor, guid: shotGuid(3), ancestor: shotGuid(2) });
      await runner.snapshotMerge({ descriptor });
      expect(await runner.snapshotList({ descriptor })).toHaveLength(3);
      await runner.snapshotMerge({ descriptor, all: true });
      expect(await runner.snapshotList({ descriptor })).toHaveLength(1);
    }),
    worksMounted('a mounted disk', async ({ runner, disk }) => {
      const { descriptor } = await disk(1);
      await runner.mount({ descriptor });
      await runner.snapshotMerge({ descriptor });
      expect(await runner.snapshotList({ descriptor })).toHaveLength(1);
    }),
    fails('nothing to merge', async ({ runner, disk }) => {
      const { descriptor } = await disk();
      await expect(runner.snapshotMerge({ descriptor })).rejects.toMatchObject(PARAM);
      await expect(runner.snapshotMerge({ descriptor, all: true })).rejects.toMatchObject(PARAM);
    }),
  ],
  snapshotSwitch: [
    works('continues from a snapshot', async ({ runner, disk }) => {
      const { descriptor } = await disk(2);
      await runner.snapshotSwitch({ descriptor, guid: shotGuid(1) });
      expect((await runner.snapshotList({ descriptor })).at(-1)).toMatchObject({
        guid: TOP_GUID,
        parentGuid: shotGuid(1),
      });
    }),
    fails('an unknown one', async ({ runner, disk }) => {
      const { descriptor } = await disk();
      await expect(runner.snapshotSwitch({ descriptor, guid: shotGuid(9) })).rejects.toMatchObject(
        PARAM,
      );
    }),
    failsMounted('a mounted disk', async ({ runner, disk }) => {
      const { descriptor } = await disk(1);
      await runner.mount({ descriptor });
      await expect(runner.snapshotSwitch({ descriptor, guid: shotGuid(1) })).rejects.toMatchObject(
        PARAM,
      );
    }),
  ],
} satisfies Partial<Record<CommandName, readonly RealCase[]>>;
