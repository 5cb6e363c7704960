import { mkdir, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';

import { loadDescriptor } from '@ploop/descriptor/node';
import { sample } from '@ploop/test-kit';
import fc from 'fast-check';
import { expect, test } from 'vitest';

import { checkDisk } from '../../src/index.ts';
import { makeDisk, shapes } from './make-disk.ts';

test('snapshots that nothing around the disk lists', async () => {
  const cases = fc.record({
    shape: shapes,
    inList: fc.array(fc.boolean(), { minLength: 5, maxLength: 5 }),
    inDump: fc.array(fc.boolean(), { minLength: 5, maxLength: 5 }),
  });
  await fc.assert(
    fc.asyncProperty(cases, async ({ shape, inList, inDump }) => {
      const { directory, guids } = await makeDisk(shape, 'area/root.hdd');
      const area = dirname(directory);
      const snapshots = guids.slice(0, -1);
      const items = snapshots.filter((_, index) => inList[index] === true);
      // As long as one that lists the snapshots that this one lacks would be.
      const more = items.length === 0 ? '' : `<!--${' '.repeat(60 * snapshots.length)}-->`;
      const list = items.map((guid) => `<SavedStateItem guid="${guid.toUpperCase()}"/>`).join('');
      await writeFile(
        join(area, 'Snapshots.xml'),
        `<ParallelsSavedStates>${list}${more}</ParallelsSavedStates>`,
      );
      await mkdir(join(area, 'dump'));
      for (const [index, guid] of snapshots.entries())
        if (inDump[index] === true) await writeFile(join(area, 'dump', `${guid}.ve.conf`), '');
      const reported = async (confine?: string): Promise<unknown> =>
        (await checkDisk(directory, { confine })).diagnostics.find(
          ({ code }) => code === 'SNAPSHOT_UNLISTED',
        )?.data;
      const expected = snapshots.filter((_, index) => !inList[index] && !inDump[index]);
      const file = join(area, 'Snapshots.xml');
      const { size: bytes } = await stat(file);
      const { descriptor } = await loadDescriptor(directory);
      const takenBy = async (list: readonly string[]): Promise<number> => {
        const images = descriptor?.images.filter(({ guid }) => list.includes(guid)) ?? [];
        const sizes = images.map(
          async ({ file: name }) => (await stat(join(directory, name))).size,
        );
        return (await Promise.all(sizes)).reduce((sum, one) => sum + one, 0);
      };
      // What is not opened shows by its length alone that it is empty.
      expect(await reported()).toEqual(
        items.length === 0 && snapshots.length > 0
          ? { file, guids: snapshots, imageBytes: await takenBy(snapshots), bytes }
          : undefined,
      );
      expect(await reported(area)).toEqual(
        expected.length === 0
          ? undefined
          : { file, guids: expected, imageBytes: await takenBy(expected) },
      );
    }),
    sample('unlisted snapshots', 6),
  );
});
