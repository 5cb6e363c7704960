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
  sourceIn,
  withFileSystem,
} from './image.ts';
import { listed, type Listed } from './listing.ts';
import { run, runOwn } from './programs.ts';
import { ROWS } from './rows.ts';

const MIB = 2 ** 20;
const tree = fc.record({
  row: fc.constantFrom(...ROWS),
  seed: fc.nat(),
  entries: fc.integer({ min: 1, max: 120 }),
  isMounted: fc.boolean(),
});

test.skipIf(!canMount)('files are those that the kernel shows', async () => {
  await fc.assert(
    fc.asyncProperty(tree, async ({ row, seed, entries, isMounted }) => {
      const directory = await temporaryDirectory();
      const image = join(directory, 'image');
      await makeSparse(image, 96 * MIB);
      const source = sourceIn(directory);
      if (!isMounted) runOwn('make_tree.py', source, String(seed), String(entries));
      run('mke2fs', '-q', '-N', '6000', ...row.argv, ...(isMounted ? [] : ['-d', source]), image);
      if (isMounted)
        mounted(image, 'rw', (root) => {
          runOwn('make_tree.py', root, String(seed), String(entries), 'mounted');
        });
      const shown = mounted(image, 'ro', listedByKernel);
      if (shown === undefined) expect(row.isRare, row.name).toBe(true);
      const { found, findings } = await withFileSystem(image, async (fileSystem) => ({
        found: await listed(fileSystem),
        findings: fileSystem.diagnostics(),
      }));
      expect(findings).toEqual([]);
      if (shown !== undefined) expect(byPath(found)).toEqual(byPath(shown));
      else if (!isMounted)
        expect(byPath(found).map(copied).filter(isThere)).toEqual(
          byPath(listedByKernel(source)).map(copied).filter(isThere),
        );
    }),
    { ...sample('trees in ext', 4), endOnFailure: true },
  );
});

/** What `mke2fs -d` copies of an entry, and the directory that it makes itself. */
function copied({
  path,
  type,
  mode,
  uid,
  gid,
  size,
  xattrs,
  target,
  content,
  device,
}: Listed): unknown {
  if (path === '' || path === hexOf('/lost+found')) return undefined;
  const own = { path, type, mode, uid, gid, xattrs, target, content, device };
  return type === 'directory' ? own : { ...own, size };
}

function isThere(entry: unknown): boolean {
  return entry !== undefined;
}

function hexOf(text: string): string {
  return Buffer.from(text).toString('hex');
}
