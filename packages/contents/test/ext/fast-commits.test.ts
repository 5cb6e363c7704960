import { copyFileSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { sample, temporaryDirectory } from '@ploop/test-kit';
import fc from 'fast-check';
import { expect, test } from 'vitest';

import { byPath, canMount, listedByKernel, makeSparse, mounted, withFileSystem } from './image.ts';
import { listed, type Listed } from './listing.ts';
import { run, runOwn } from './programs.ts';

const MIB = 2 ** 20;
const KINDS: readonly (readonly string[])[] = [
  ['-b', '1024'],
  ['-b', '4096'],
  ['-b', '1024', '-O', '^metadata_csum'],
];

test.skipIf(!canMount)('fast commits are replayed as the kernel replays them', async () => {
  const cut = fc.record({ argv: fc.constantFrom(...KINDS), seed: fc.nat() });
  let replayed = 0;
  await fc.assert(
    fc.asyncProperty(cut, async ({ argv, seed }) => {
      const directory = await temporaryDirectory();
      const [image, cutOff] = [join(directory, 'image'), join(directory, 'cut-off')];
      await makeSparse(image, 48 * MIB);
      run('mke2fs', '-q', '-t', 'ext4', '-O', 'fast_commit', '-J', 'size=8', ...argv, image);
      mounted(image, 'commit=300', (root) => {
        runOwn('fast_commits.py', root, String(seed));
        copyFileSync(image, cutOff);
      });
      if (run('debugfs', '-R', 'logdump -a', cutOff).includes('tag HEAD')) replayed += 1;
      const copy = join(directory, 'copy');
      copyFileSync(cutOff, copy);
      // The kernel replays no fast commits into a file system that it mounts read-only.
      const shown = mounted(copy, 'rw,noatime', listedByKernel);
      const { found, findings } = await withFileSystem(cutOff, async (fileSystem) => ({
        found: await listed(fileSystem),
        findings: fileSystem.diagnostics(),
      }));
      expect(findings).toEqual([]);
      expect(byPath(found).map(stored), String(seed)).toEqual(byPath(shown ?? []).map(stored));
    }),
    { ...sample('fast commits', 3), endOnFailure: true },
  );
  expect(replayed).toBeGreaterThan(0);
});

/** What a fast commit states: a replay makes entries anew, at the time of the replay. */
function stored(entry: Listed): unknown {
  if (entry['type'] !== 'directory') return entry;
  const { path, inode, type, mode, uid, gid, xattrs } = entry as Record<string, unknown>;
  return { path, inode, type, mode, uid, gid, xattrs };
}

/** The beginning of the first tag of a fast commit, without its transaction: number, length, features. */
const HEAD = Buffer.of(9, 0, 8, 0, 0, 0, 0, 0);

test.skipIf(!canMount)('fast commits of an unknown kind are a finding', async () => {
  const image = join(await temporaryDirectory(), 'image');
  const cutOff = `${image}.cut-off`;
  await makeSparse(image, 48 * MIB);
  run('mke2fs', '-q', '-t', 'ext4', '-O', 'fast_commit', image);
  mounted(image, 'commit=300', (root) => {
    runOwn('fast_commits.py', root, '1');
    copyFileSync(image, cutOff);
  });
  const bytes = readFileSync(cutOff);
  for (let at = bytes.indexOf(HEAD); at >= 0; at = bytes.indexOf(HEAD, at + 1))
    if (at % 1024 === 0) bytes[at + 4] = 1;
  writeFileSync(cutOff, bytes);
  await withFileSystem(cutOff, (fileSystem) => {
    const codes = fileSystem.diagnostics().map(({ code }) => code);
    expect(codes).toEqual(['JOURNAL_FAST_COMMITS']);
    return Promise.resolve();
  });
});
