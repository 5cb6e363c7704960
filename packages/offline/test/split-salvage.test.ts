import { mkdtemp, open, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';

import { sample, temporaryDirectory } from '@ploop/test-kit';
import { makeSplitDisk, splitScript } from '@ploop/test-kit/disks/split-disk';
import fc from 'fast-check';
import { expect, test } from 'vitest';

import { exportSnapshot } from '../src/export/export-snapshot.ts';
import { openSnapshot } from '../src/snapshot/open-snapshot.ts';

const SECTOR = 512;

test('what is lost of a part of a split disk becomes zeros there, and nothing else does', async () => {
  const root = await temporaryDirectory();
  await fc.assert(
    fc.asyncProperty(splitScript, fc.nat(), fc.nat(), async (script, part, place) => {
      const directory = await mkdtemp(join(root, 'disk '));
      const { shots, sizes } = await makeSplitDisk(script, directory);
      const index = part % script.parts.length;
      const { plain, allocated, blockSize } = script.parts[index] ?? { allocated: [] };
      const clusterBytes = (blockSize ?? 0) * SECTOR;
      const top = shots.at(-1);
      const clusters = allocated.at(-1) ?? [];
      const cluster = clusters[place % Math.max(1, clusters.length)];
      const file = top?.files[index]?.at(-1);
      // A bare disk has no table.
      const isRaw = plain === true && shots.length === 1;
      const isTable = top !== undefined && file !== undefined && cluster !== undefined && !isRaw;
      fc.pre(isTable);
      const handle = await open(file, 'r+');
      await handle.write(Buffer.from([0, 0, 0, 0x70]), 0, 4, 64 + 4 * cluster);
      await handle.close();

      const start =
        sizes.slice(0, index).reduce((sum, size) => sum + size, 0) + cluster * clusterBytes;
      const snapshot = await openSnapshot(directory);
      const target = join(directory, 'out.raw');
      const options = { sync: false, threads: false };
      await expect(exportSnapshot(snapshot, target, options)).rejects.toMatchObject({
        code: expect.stringMatching(/^CLUSTER_/) as unknown,
      });
      const result = await exportSnapshot(snapshot, target, { ...options, salvage: true });
      await snapshot.close();
      const expected = Buffer.from(top.bytes).fill(0, start, start + clusterBytes);
      expect(expected.equals(await readFile(target))).toBe(true);
      expect(result).toMatchObject({
        lostBytes: clusterBytes,
        lost: [{ start, end: start + clusterBytes, file }],
        diagnostics: [{ code: 'EXPORT_LOST' }],
      });
      await rm(directory, { recursive: true });
    }),
    sample('split salvage', 8),
  );
});
