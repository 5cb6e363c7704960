import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { sample } from '@ploop/test-kit';
import fc from 'fast-check';
import { expect, test } from 'vitest';

import { checkDisk } from '../../src/index.ts';
import { imageOf, makeDisk, shapes } from './make-disk.ts';

const SUFFIXES = ['.orig.2026-11-01-03-00-00', '_from_backup', '.old', ' (copy)', '~'];

const FILES: readonly (readonly [string, number, string | undefined])[] = [
  ['7273023645', 5_000, 'rdiff patch'],
  ['1f8b0800', 300, 'gzip file'],
  ['28b52ffd', 300, 'zstd file'],
  ['514649fb00000003', 70_000, 'qcow2 image'],
  ['68690a', 1_048_576, undefined],
];

test('whole copies, patches and archives beside a disk are named as what they are', async () => {
  const cases = fc.record({
    shape: shapes,
    suffix: fc.constantFrom(...SUFFIXES),
    beside: fc.constantFrom(...FILES),
  });
  await fc.assert(
    fc.asyncProperty(cases, async ({ shape, suffix, beside: [start, bytes, kind] }) => {
      const { directory } = await makeDisk(shape);
      const copy = join(directory, `${shape.name}${suffix}`);
      await writeFile(copy, imageOf(shape));
      const other = join(directory, 'x.delta');
      await writeFile(other, Buffer.concat([Buffer.from(start, 'hex'), Buffer.alloc(bytes)]));
      await writeFile(join(directory, 'backup.yaml'), 'a: 1\n');
      const { diagnostics } = await checkDisk(directory);
      expect(diagnostics.find(({ code }) => code === 'DELTA_ORPHANED')).toMatchObject({
        data: { file: copy, like: shape.name, sectors: shape.blockSize * shape.clusters },
      });
      expect(diagnostics.find(({ code }) => code === 'FILES_BESIDE')?.data).toMatchObject({
        files: [{ file: other, ...(kind === undefined ? {} : { kind }) }],
      });
    }),
    sample('files beside a disk', 6),
  );
});

test('a delta with its name cut off, or with something after it, is not called a whole disk', async () => {
  const cut = '.{2c9a11a4-c170-4cee-a433-a72865e71164}';
  const ends = [cut.slice(0, 15), cut.slice(0, -2), `${cut}.part`, `${cut} (1)`];
  const cases = fc.record({ shape: shapes, end: fc.constantFrom(...ends) });
  await fc.assert(
    fc.asyncProperty(cases, async ({ shape, end }) => {
      const { directory } = await makeDisk(shape);
      await writeFile(join(directory, `${shape.name}${end}`), imageOf(shape));
      const { diagnostics } = await checkDisk(directory);
      const found = diagnostics.find(({ code }) => code === 'DELTA_ORPHANED');
      expect(found).toMatchObject({ data: { named: 'delta' } });
      expect(found?.data).not.toHaveProperty('like');
    }),
    sample('deltas with other names', 6),
  );
});
