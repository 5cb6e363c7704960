import { join } from 'node:path';

import { sample, temporaryDirectory } from '@ploop/test-kit';
import fc from 'fast-check';
import { expect, test } from 'vitest';

import {
  byPath,
  canMount,
  listedByKernel,
  makeSparse,
  mounted,
  withFileSystem,
} from '../ext/image.ts';
import { listed } from '../ext/listing.ts';
import { run, runOwn } from '../ext/programs.ts';
import { ROWS } from './rows.ts';

const MIB = 2 ** 20;
const tree = fc.record({
  row: fc.constantFrom(...ROWS),
  seed: fc.nat(),
  entries: fc.integer({ min: 1, max: 120 }),
  isExtended: fc.boolean(),
});

test.skipIf(!canMount)('files are those that the kernel shows', async () => {
  await fc.assert(
    fc.asyncProperty(tree, async ({ row, seed, entries, isExtended }) => {
      const directory = await temporaryDirectory();
      const image = join(directory, 'image');
      await makeSparse(image, (row.mebibytes ?? 320) * MIB);
      run('mkfs.xfs', '-q', ...row.argv, image);
      const made = mounted(
        image,
        'rw',
        (root) => {
          runOwn('make_tree.py', root, String(seed), String(entries), 'mounted');
          if (isExtended) runOwn('extend_xfs.py', root, String(seed));
          return true;
        },
        'xfs',
      );
      expect(made, row.name).toBe(true);
      if (row.isRenamed) run('xfs_db', '-x', '-c', 'uuid generate', image);
      const shown = mounted(image, 'ro,norecovery', listedByKernel, 'xfs');
      const { found, findings } = await withFileSystem(image, async (fileSystem) => ({
        found: await listed(fileSystem),
        findings: fileSystem.diagnostics(),
      }));
      expect(findings).toEqual([]);
      expect(byPath(found)).toEqual(byPath(shown ?? []));
    }),
    { ...sample('trees in XFS', 4), endOnFailure: true },
  );
});
