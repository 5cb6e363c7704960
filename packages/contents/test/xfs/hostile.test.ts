import { mkdirSync } from 'node:fs';
import { join } from 'node:path';

import { DescriptorError } from '@ploop/descriptor';
import type { ReadAt } from '@ploop/descriptor/internal';
import { sample, temporaryDirectory } from '@ploop/test-kit';
import fc from 'fast-check';
import { expect, test } from 'vitest';

import { openFileSystem } from '../../src/index.ts';
import { consume } from '../ext/consume.ts';
import { damage, type Change } from '../ext/damage.ts';
import { canMount, mounted } from '../ext/image.ts';
import { runOwn } from '../ext/programs.ts';
import { inDb, madeXfs } from './image.ts';
import { sparseOf, sparseReader, type Sparse } from './sparse.ts';

/** Bytes that may be read: many times what a sound one needs. */
const MOST_READ = 2 ** 30;
const MOST_MILLISECONDS = 20_000;
const SUPERBLOCK_BYTES = 264;
/** File systems to damage, by what `mkfs.xfs` makes them of. */
const KINDS = [
  ['-b', 'size=1024'],
  ['-b', 'size=1024', '-n', 'size=65536'],
  ['-i', 'nrext64=1,size=1024'],
  ['-m', 'bigtime=0'],
] as const;

test.skipIf(!canMount)('whatever the bytes: an answer or a finding, soon', async () => {
  const bases = [await version4()];
  for (const [index, argv] of KINDS.entries()) bases.push(await version5(argv, index));
  const seen = new Map<string, number>();
  await fc.assert(
    fc.asyncProperty(damage, async ({ base: number, changes }) => {
      const base = bases[number % bases.length];
      if (base === undefined) throw new Error('no base');
      const changed = new Map<number, number>();
      for (const one of changes) apply(base, changed, one);
      const { readAt, read } = sparseReader(base, changed);
      const start = performance.now();
      const codes = await codesOf(readAt, base.size);
      expect(read.bytes).toBeLessThan(MOST_READ);
      expect(performance.now() - start).toBeLessThan(MOST_MILLISECONDS);
      for (const code of codes) seen.set(code, (seen.get(code) ?? 0) + 1);
    }),
    { ...sample('hostile XFS', 30), endOnFailure: true },
  );
  console.info(`findings: ${JSON.stringify(Object.fromEntries(seen))}`);
});

async function version5(argv: readonly string[], seed: number): Promise<Sparse> {
  const image = await madeXfs(...argv);
  mounted(
    image,
    'rw',
    (root) => {
      runOwn('make_tree.py', root, String(seed), '20', 'mounted');
      runOwn('extend_xfs.py', root, String(seed), '8');
    },
    'xfs',
  );
  return sparseOf(image);
}

async function version4(): Promise<Sparse> {
  const source = join(await temporaryDirectory(), 'source');
  mkdirSync(source);
  runOwn('make_prototype.py', source, '3', '40');
  const argv = ['-b', 'size=512', '-i', 'size=256', '-p', join(source, 'prototype')];
  const image = await madeXfs('-m', 'crc=0', ...argv);
  const values = Array.from({ length: 60 }, (_, at) => `attr_set -u name${String(at)} -v 300`);
  inDb(image, 'path /', 'attr_set -u first -v 3', ...values, 'attr_set -r large -v 9000');
  return sparseOf(image);
}

async function codesOf(readAt: ReadAt, size: number): Promise<Iterable<string>> {
  try {
    return await consume(await openFileSystem(readAt, { size }));
  } catch (error) {
    if (error instanceof DescriptorError) return [error.code];
    throw error;
  }
}

function apply({ size, pages, used }: Sparse, changed: Map<number, number>, one: Change): void {
  const chosen =
    one.inSuperblock && one.place % 4 === 0
      ? one.place % SUPERBLOCK_BYTES
      : used[one.place % used.length];
  const at = Math.max(0, Math.min(size - one.width, (chosen ?? 0) + one.distance));
  let carried = one.value;
  for (let index = at; index < at + one.width; index += 1) {
    const stored = changed.get(index) ?? pages.get(Math.floor(index / 4096))?.[index % 4096] ?? 0;
    changed.set(index, ((one.isAdded ? stored : 0) + carried) & 0xff);
    carried = Math.floor(carried / 256);
  }
}
