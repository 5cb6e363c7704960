import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, fsyncSync, mkdirSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

import { sample, temporaryDirectory } from '@ploop/test-kit';
import fc from 'fast-check';
import { expect, test } from 'vitest';

import { openFileSystem, type FileSystem, type WalkEntry } from '../../src/index.ts';
import {
  byPath,
  canMount,
  listedByKernel,
  makeSparse,
  mounted,
  withFileSystem,
  withReader,
} from './image.ts';
import { listed } from './listing.ts';
import { run } from './programs.ts';

const MIB = 2 ** 20;
/** Snapshots of one file system, before another one is made. */
const MOST_CUTS = 10;
const MOST_WAIT = 400;

/** Kinds of file systems, each with options of its mount. */
const KINDS: readonly (readonly [mount: string, ...argv: string[]])[] = [
  ['data=ordered', '-b', '4096'],
  ['data=journal', '-b', '4096'],
  ['data=writeback', '-b', '1024'],
  ['data=ordered,nodelalloc', '-b', '1024', '-O', '^extent,^64bit'],
  ['data=ordered', '-I', '512', '-O', 'inline_data,ea_inode'],
  ['data=ordered', '-O', 'bigalloc,metadata_csum_seed'],
  ['journal_checksum', '-b', '2048', '-O', '^metadata_csum'],
  ['journal_async_commit,data=writeback', '-b', '4096', '-O', 'orphan_file'],
];

/**
 * A file on XFS, which copies it as it is at one moment (reflink): writes wait until that is done. So a copy is what the
 * disk holds if the power fails.
 */
const work = fc.record({
  kind: fc.constantFrom(...KINDS),
  seed: fc.nat(),
  waits: fc.array(fc.integer({ min: 1, max: MOST_WAIT }), { minLength: 1, maxLength: MOST_CUTS }),
});

type Work = typeof work extends fc.Arbitrary<infer Value> ? Value : never;

test.skipIf(!canMount)('snapshots in mid-write are what a replay by the kernel shows', async () => {
  const directory = await temporaryDirectory();
  const host = join(directory, 'host');
  await makeSparse(host, 4096 * MIB);
  run('mkfs.xfs', '-q', '-m', 'reflink=1', host);
  const { numRuns, seed } = sample('snapshots in mid-write', 2);
  let [left, changed] = [numRuns, 0];
  await mountedWhile(host, 'noatime', 'xfs', async (root) => {
    for (const [index, { kind, waits, ...rest }] of fc.sample(work, { numRuns, seed }).entries()) {
      if (left <= 0) return;
      const cuts = waits.slice(0, left);
      left -= cuts.length + 1;
      const own = join(root, String(index));
      mkdirSync(own);
      const images = await cutImages(own, { kind, waits: cuts, ...rest });
      for (const image of images) {
        await compare(image, `${kind.join(' ')} ${String(rest.seed)}`);
        if (await isChangedByReplay(image)) changed += 1;
      }
      run('rm', '-rf', own);
    }
  });
  console.info(`a replay changes what ${String(changed)} of ${String(numRuns - left)} show`);
  expect(changed).toBeGreaterThan(0);
});

/** Copies of a file system, made while something works in it. */
async function cutImages(
  directory: string,
  { kind: [mount, ...argv], seed, waits }: Work,
): Promise<readonly string[]> {
  const image = join(directory, 'image');
  await makeSparse(image, 96 * MIB);
  run('mke2fs', '-q', '-t', 'ext4', '-N', '6000', '-J', 'size=4', ...argv, image);
  const images: string[] = [];
  await mountedWhile(image, mount, 'ext4', async (root) => {
    const program = join(import.meta.dirname, '..', 'programs', 'work_on.py');
    const worker = spawn('python3', [program, root, String(seed)], { stdio: 'inherit' });
    const ended = once(worker, 'exit');
    try {
      for (const [index, wait] of waits.entries()) {
        await sleep(wait);
        const cut = join(directory, `cut${String(index)}`);
        run('cp', '--reflink=always', image, cut);
        images.push(cut);
      }
    } finally {
      worker.kill();
      await ended;
    }
    // Cuts may all fall between two commits. After this one a directory is in the journal and nowhere else.
    commitDirectory(join(root, 'committed'));
    const cut = join(directory, 'committed');
    run('cp', '--reflink=always', image, cut);
    images.push(cut);
  });
  return images;
}

function commitDirectory(path: string): void {
  mkdirSync(path);
  const handle = openSync(path, 'r');
  try {
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}

async function compare(image: string, kind: string): Promise<void> {
  const copy = `${image}.copy`;
  run('cp', '--reflink=always', image, copy);
  const shown = mounted(copy, 'ro', listedByKernel);
  if (shown === undefined) throw new Error(`the kernel refuses to replay: ${kind}`);
  const { found, findings } = await withFileSystem(image, async (fileSystem) => ({
    found: await listed(fileSystem),
    findings: fileSystem.diagnostics(),
  }));
  expect(findings, kind).toEqual([]);
  expect(byPath(found), kind).toEqual(byPath(shown));
}

/** Whether the files are others if the journal is left alone. */
async function isChangedByReplay(image: string): Promise<boolean> {
  const [replayed, plain] = await withReader(image, async (readAt, size) => [
    await shown(await openFileSystem(readAt, { size })),
    await shown(await openFileSystem(readAt, { size, replay: false })),
  ]);
  return replayed !== plain;
}

/** All that a walk finds, as one text. */
async function shown(fileSystem: FileSystem): Promise<string> {
  const all: WalkEntry[] = [];
  for await (const entry of fileSystem.walk('/')) all.push(entry);
  return JSON.stringify(all);
}

async function mountedWhile(
  image: string,
  options: string,
  type: 'ext4' | 'xfs',
  use: (root: string) => Promise<void>,
): Promise<void> {
  const root = `${image}.mount`;
  mkdirSync(root);
  const device = run('losetup', '--find', '--show', image).trim();
  try {
    run('mount', '-t', type, '-o', options, device, root);
    try {
      await use(root);
    } finally {
      run('umount', root);
    }
  } finally {
    run('losetup', '--detach', device);
  }
}
