import { DescriptorError } from '@ploop/descriptor';
import type { ReadAt } from '@ploop/descriptor/internal';
import { sample, temporaryDirectory } from '@ploop/test-kit';
import { hasDiskPrograms } from '@ploop/test-kit/programs';
import fc from 'fast-check';
import { expect, test } from 'vitest';

import { openFileSystem } from '../../src/index.ts';
import { consume } from './consume.ts';
import { damage, type Change } from './damage.ts';
import { hostileBases } from './hostile-bases.ts';

/** Bytes that may be read of an image of 6 MiB: many times what a sound one needs. */
const MOST_READ = 512 * 2 ** 20;
const MOST_MILLISECONDS = 20_000;
const SUPERBLOCK = { at: 1024, length: 1024 };

test.skipIf(!hasDiskPrograms)('whatever the bytes: an answer or a finding, soon', async () => {
  const bases = [...(await hostileBases(await temporaryDirectory()))].map(([name, bytes]) => ({
    ...{ name, bytes },
    used: usedPlaces(bytes),
  }));
  const seen = new Map<string, number>();
  await fc.assert(
    fc.asyncProperty(damage, async ({ base: number, changes }) => {
      const base = bases[number % bases.length];
      if (base === undefined) throw new Error('no base');
      const bytes = Uint8Array.from(base.bytes);
      for (const one of changes) apply(bytes, base.used, one);
      const { readAt, read } = countingReader(bytes);
      const start = performance.now();
      const codes = await codesOf(readAt, bytes.length);
      expect(read.bytes).toBeLessThan(MOST_READ);
      expect(performance.now() - start).toBeLessThan(MOST_MILLISECONDS);
      for (const code of codes) seen.set(code, (seen.get(code) ?? 0) + 1);
    }),
    { ...sample('hostile ext', 60), endOnFailure: true },
  );
  console.info(`findings: ${JSON.stringify(Object.fromEntries(seen))}`);
});

async function codesOf(readAt: ReadAt, size: number): Promise<Iterable<string>> {
  try {
    return await consume(await openFileSystem(readAt, { size }));
  } catch (error) {
    if (error instanceof DescriptorError) return [error.code];
    throw error;
  }
}

/** Positions of words that are not zero: structures rather than free space. */
function usedPlaces(bytes: Uint8Array): readonly number[] {
  const words = new Uint32Array(bytes.buffer, bytes.byteOffset, Math.floor(bytes.length / 4));
  const places: number[] = [];
  for (const [index, word] of words.entries()) if (word !== 0) places.push(4 * index);
  return places;
}

function apply(bytes: Uint8Array, used: readonly number[], one: Change): void {
  const within = SUPERBLOCK.at + (one.place % SUPERBLOCK.length);
  const chosen = one.inSuperblock && one.place % 4 === 0 ? within : used[one.place % used.length];
  const at = Math.max(0, Math.min(bytes.length - one.width, (chosen ?? 0) + one.distance));
  let carried = one.value;
  for (let index = at; index < at + one.width; index += 1) {
    const old = one.isAdded ? (bytes[index] ?? 0) : 0;
    bytes[index] = old + carried;
    carried = Math.floor(carried / 256);
  }
}

function countingReader(bytes: Uint8Array): { readAt: ReadAt; read: { bytes: number } } {
  const read = { bytes: 0 };
  const readAt: ReadAt = (target, position) => {
    if (!Number.isSafeInteger(position) || position < 0 || position + target.length > bytes.length)
      throw new Error(`a read of ${String(target.length)} bytes at ${String(position)}`);
    read.bytes += target.length;
    target.set(bytes.subarray(position, position + target.length));
    return Promise.resolve(target.length);
  };
  return { readAt, read };
}
