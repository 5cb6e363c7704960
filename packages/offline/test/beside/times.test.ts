import { readFile, stat, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { sample } from '@ploop/test-kit';
import fc from 'fast-check';
import { expect, test } from 'vitest';

import { checkDisk, diskSpace } from '../../src/index.ts';
import { makeDisk, shapes } from './make-disk.ts';

const chains = shapes.filter(({ deltas }) => deltas > 0);

test('an image that was written after one above it is named in a deep check', async () => {
  const cases = fc.record({
    shape: chains,
    which: fc.nat(),
    later: fc.integer({ min: -100_000, max: 100_000 }).filter((one) => Math.abs(one) > 2),
  });
  await fc.assert(
    fc.asyncProperty(cases, async ({ shape, which, later }) => {
      const { directory, files, guids } = await makeDisk(shape);
      const index = which % (files.length - 1);
      const start = 1_700_000_000;
      for (const file of files) await utimes(join(directory, file), start, start);
      const replaced = join(directory, files[index] ?? '');
      await utimes(replaced, start, start + later);
      const reported = async (deep: boolean): Promise<readonly unknown[]> =>
        (await checkDisk(directory, { deep })).diagnostics.flatMap(({ code, data }) =>
          code === 'PARENT_NEWER' ? [[data.guid, data.file, data.child]] : [],
        );
      expect(await reported(false)).toEqual([]);
      // One that is older than what lies below it makes that one newer.
      const place = later > 0 ? index : index - 1;
      const expected =
        place < 0
          ? []
          : [[guids[place], ...[place, place + 1].map((at) => join(directory, files[at] ?? ''))]];
      expect(await reported(true)).toEqual(expected);
    }),
    sample('images written later', 8),
  );
});

test('temporary snapshots are named with what a mount does to them', async () => {
  const cases = fc.record({ shape: chains, which: fc.uniqueArray(fc.nat({ max: 3 })) });
  await fc.assert(
    fc.asyncProperty(cases, async ({ shape, which }) => {
      const { directory, files, guids } = await makeDisk(shape);
      const chosen = which.filter((index) => index < shape.deltas);
      const descriptor = join(directory, 'DiskDescriptor.xml');
      let xml = await readFile(descriptor, 'utf8');
      for (const index of chosen) {
        const shot = new RegExp(`(<Shot><GUID>${guids[index] ?? ''}</GUID>.*?)</Shot>`);
        xml = xml.replace(shot, '$1<Temporary/></Shot>');
      }
      await writeFile(descriptor, xml);
      const sizeOf = async (index: number): Promise<number> =>
        (await stat(join(directory, files[index] ?? ''))).size;
      for (const look of [checkDisk, diskSpace]) {
        const found = (await look(directory)).diagnostics.flatMap(({ code, data }) =>
          code === 'TEMPORARY_SNAPSHOT' ? [data] : [],
        );
        expect(found.map(({ guid }) => guid).toSorted()).toEqual(
          chosen.map((index) => guids[index]).toSorted(),
        );
        for (const { guid, bytes, child } of found) {
          const index = guids.indexOf(guid);
          expect(bytes).toBe(await sizeOf(index));
          expect(child?.bytes).toBe(await sizeOf(index + 1));
        }
      }
    }),
    sample('temporary snapshots', 8),
  );
});
