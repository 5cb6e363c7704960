import { join } from 'node:path';

import fc from 'fast-check';
import { describe, test } from 'vitest';

import { hasTool, sample, temporaryDirectory } from '../../packages/test-kit/src/index.ts';
import { hold } from './hold.ts';
import type { Shape } from './shape.ts';
import { rows } from './table.ts';

/** Pages of defects that lose data when they are treated wrongly. */
const DANGEROUS: ReadonlySet<string> = new Set([
  ...['BAT_LONGER', 'BAT_STALE', 'BLOCK_SIZE_DIFFERS', 'CHAIN_VERSION', 'CLUSTERS_UNUSED'],
  ...['CONVERSION_INTERRUPTED', 'DELTA_SHARED', 'FILE_END_ODD', 'GEOMETRY_ZERO', 'HEADER_INEXACT'],
  ...['HEADER_INVALID', 'IMAGE_IN_USE', 'IMAGE_LINKED', 'OLD_FORMAT', 'RAW_CONVERSION_INTERRUPTED'],
  ...['TEMPORARY_SNAPSHOT', 'TOP_GUID_CASE', 'TOP_WITH_CHILDREN'],
]);
const dangerous = rows.filter(
  ({ page, mends, shape }) => DANGEROUS.has(page) && mends !== undefined && shape === undefined,
);

const names = fc.constantFrom('root.hdd', 'a disk.hds', 'top (new) #2', 'x', 'r+w = 1.hdd');
/** Clusters of an image, in the order of its file. */
const held = (clusters: number, least: number): fc.Arbitrary<number[]> =>
  fc.uniqueArray(fc.integer({ min: 0, max: clusters - 3 }), { minLength: least, maxLength: 12 });

/** Disks of other sizes, cluster sizes, chains, places and names. */
const shapes: fc.Arbitrary<Shape> = fc
  .record({
    blockSize: fc.constantFrom(64, 128, 256, 512),
    clusters: fc.integer({ min: 16, max: 600 }),
    images: fc.integer({ min: 3, max: 6 }),
    name: names,
  })
  .chain(({ blockSize, clusters, images, name }) =>
    fc
      .tuple(...Array.from({ length: images }, (_, level) => held(clusters, level === 0 ? 3 : 4)))
      .map((levels) => ({
        ...{ version: 1 as const, blockSize, clusters, levels },
        files: levels.map((_, level) => (level === 0 ? name : `${name}.${String(level)}`)),
      })),
  );

describe.skipIf(!hasTool)('what mends a defect keeps the content of disks of every shape', () => {
  const { numRuns, seed } = sample('variants of pages', 6);
  for (const [index, shape] of fc.sample(shapes, { numRuns, seed }).entries()) {
    const row = dangerous[(index + seed) % dangerous.length];
    test(`${row?.page ?? ''}, disk ${String(index)}`, async () => {
      const directory = join(await temporaryDirectory(), 'all kinds of disks');
      if (row !== undefined) await hold({ ...row, tries: [] }, directory, shape);
    });
  }
});
