import { copyFileSync } from 'node:fs';
import { join } from 'node:path';

import { sample, temporaryDirectory } from '@ploop/test-kit';
import fc from 'fast-check';
import { expect, test } from 'vitest';

import { byPath, canMount, listedByKernel, makeSparse, mounted, withFileSystem } from './image.ts';
import { listed } from './listing.ts';
import { run, runOwn } from './programs.ts';

const MIB = 2 ** 20;
const KINDS: readonly (readonly string[])[] = [
  ['-t', 'ext3', '-b', '1024'],
  ['-t', 'ext3', '-b', '4096'],
  ['-t', 'ext4', '-b', '1024'],
  ['-t', 'ext4', '-b', '4096'],
  ['-t', 'ext4', '-b', '2048', '-O', '^64bit'],
  ['-t', 'ext4', '-b', '1024', '-O', '^metadata_csum'],
  ['-t', 'ext4', '-b', '4096', '-O', '^metadata_csum,^64bit'],
  ['-t', 'ext4', '-b', '1024', '-I', '512', '-O', 'inline_data,ea_inode'],
  ['-t', 'ext4', '-O', 'bigalloc,metadata_csum_seed'],
];
const MOUNTS = [
  'data=ordered',
  'data=journal',
  'data=writeback',
  'journal_checksum',
  'journal_async_commit,data=writeback',
];

const cut = fc.record({
  argv: fc.constantFrom(...KINDS),
  options: fc.constantFrom(...MOUNTS),
  seed: fc.nat(),
  rounds: fc.integer({ min: 1, max: 12 }),
});

test.skipIf(!canMount)('after a power cut, files are those of a replay by the kernel', async () => {
  await fc.assert(
    fc.asyncProperty(cut, async ({ argv, options, seed, rounds }) => {
      const directory = await temporaryDirectory();
      const image = join(directory, 'image');
      const cutOff = join(directory, 'cut-off');
      await makeSparse(image, 64 * MIB);
      run(
        'mke2fs',
        '-q',
        '-N',
        '8000',
        '-J',
        `size=${argv.includes('1024') ? '1' : '4'}`,
        ...argv,
        image,
      );
      const isCut = mounted(image, options, (root) => {
        runOwn('cut_power.py', root, String(seed), String(rounds));
        // An unmount writes what is in memory.
        copyFileSync(image, cutOff);
        return true;
      });
      expect(isCut).toBe(true);
      const copy = join(directory, 'copy');
      copyFileSync(cutOff, copy);
      const shown = mounted(copy, 'ro', listedByKernel);
      if (shown === undefined) throw new Error('the kernel refuses to replay');
      const { found, findings } = await withFileSystem(cutOff, async (fileSystem) => ({
        found: await listed(fileSystem),
        findings: fileSystem.diagnostics(),
      }));
      expect(findings).toEqual([]);
      expect(byPath(found)).toEqual(byPath(shown));
    }),
    { ...sample('power cuts in ext', 2), endOnFailure: true },
  );
});
