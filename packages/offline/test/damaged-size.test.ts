import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { imageBytes, sample } from '@ploop/test-kit';
import fc from 'fast-check';
import { expect, test } from 'vitest';

import { checkDisk, exportSnapshot, openSnapshot } from '../src/index.ts';
import { makeDisk, shapes, type MadeDisk } from './beside/make-disk.ts';

/** Writes a size into the header of an image, in sectors. */
async function resize(disk: MadeDisk, index: number, sectors: number): Promise<void> {
  const path = join(disk.directory, disk.files[index] ?? '');
  const bytes = await readFile(path);
  bytes.writeBigUInt64LE(BigInt(sectors), 36);
  await writeFile(path, bytes);
}

/** Gives an image a cluster at the end of the disk, and a table of so many entries. */
async function fill(
  disk: MadeDisk,
  index: number,
  entries: number,
  cluster: number,
): Promise<void> {
  const { blockSize, version } = disk.shape;
  const firstBlock = Math.ceil((64 + 4 * entries) / (blockSize * 512)) * blockSize;
  const bat = new Array<number>(entries).fill(0);
  bat[cluster] = version === 1 ? firstBlock : firstBlock / blockSize;
  const header = { version, blockSize, clusters: entries, firstBlock };
  const bytes = imageBytes(header, bat, 1).fill(7, firstBlock * 512);
  await writeFile(join(disk.directory, disk.files[index] ?? ''), bytes);
}

async function codesOf({ directory }: MadeDisk, deep: boolean): Promise<readonly string[]> {
  return (await checkDisk(directory, { deep })).diagnostics.map(({ code }) => code);
}

async function codesOfExport({ directory }: MadeDisk): Promise<readonly string[]> {
  const snapshot = await openSnapshot(directory);
  const { diagnostics = [] } = await exportSnapshot(snapshot, join(directory, '..', 'disk.raw'));
  await snapshot.close();
  return diagnostics.map(({ code }) => code);
}

const cases = fc
  .record({ shape: shapes, which: fc.nat(), less: fc.nat() })
  .map(({ shape: { clusters, ...shape }, which, less }) => ({
    shape: { ...shape, clusters: clusters + 1, deltas: shape.deltas + 1 },
    index: which % (shape.deltas + 2),
    kept: less % (clusters + 1),
  }));

test('a size that hides data of an image is an error, in a check and in an export', async () => {
  await fc.assert(
    fc.asyncProperty(cases, async ({ shape, index, kept }) => {
      const disk = await makeDisk(shape);
      const { clusters, blockSize } = shape;
      await fill(disk, index, clusters, clusters - 1);
      await resize(disk, index, kept * blockSize);
      for (const deep of [false, true]) {
        const { diagnostics } = await checkDisk(disk.directory, { deep });
        expect(diagnostics).toContainEqual(
          expect.objectContaining({
            ...{ code: 'SIZE_DAMAGED', severity: 'error' },
            data: {
              file: join(disk.directory, disk.files[index] ?? ''),
              sectors: kept * blockSize,
              stated: clusters * blockSize,
            },
          }),
        );
      }
      expect(await codesOfExport(disk)).toContain('SIZE_DAMAGED');
    }),
    sample('damaged sizes', 8),
  );
});

test('neither images of a disk that grew nor tables that are longer by nature are errors', async () => {
  await fc.assert(
    fc.asyncProperty(cases, async ({ shape, kept }) => {
      const disk = await makeDisk(shape);
      const { clusters, blockSize } = shape;
      const smaller = Math.max(1, kept);
      // The base from before the disk grew, with all that it can hold.
      await fill(disk, 0, smaller, smaller - 1);
      expect(await codesOf(disk, true)).not.toContain('SIZE_DAMAGED');
      await fill(disk, 0, clusters, 0);
      await resize(disk, 0, smaller * blockSize);
      expect(await codesOf(disk, true)).not.toContain('SIZE_DAMAGED');
      expect(await codesOfExport(disk)).not.toContain('SIZE_DAMAGED');
    }),
    sample('smaller images', 6),
  );
});
