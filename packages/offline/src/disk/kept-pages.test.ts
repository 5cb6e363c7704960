import { bytes } from '@ploop/descriptor';
import { sample } from '@ploop/test-kit';
import fc from 'fast-check';
import { expect, test } from 'vitest';

import { createPageKeeper } from './kept-pages.ts';

/** A file in memory that counts its reads; bytes from `bad` on cannot be read. */
function fileOf(length: number, bad = Infinity) {
  const content = Uint8Array.from({ length }, (_, index) => (index * 7 + (index >> 8)) % 256);
  let reads = 0;
  const readAtSync = (target: Uint8Array, position: number): number => {
    reads += 1;
    if (position + target.length > bad && position < length) throw new Error('EIO');
    const part = content.subarray(position, position + target.length);
    target.set(part);
    return part.length;
  };
  const source = {
    ...{ file: 'd0', bytes: bytes(length), readAtSync },
    readAt: (target: Uint8Array, position: number) =>
      Promise.resolve().then(() => readAtSync(target, position)),
  };
  return { source, content, reads: () => reads };
}

const reads = fc.array(fc.tuple(fc.nat(20_000), fc.nat(5_000), fc.boolean()), { maxLength: 30 });

test('reads what the file has, in either world', async () => {
  await fc.assert(
    fc.asyncProperty(fc.nat(20_000), reads, async (length, wanted) => {
      const { source } = fileOf(length);
      const kept = createPageKeeper()(source);
      for (const [position, count, isSync] of wanted) {
        const [target, expected] = [Buffer.alloc(count), Buffer.alloc(count)];
        const there = source.readAtSync(expected, position);
        const read = isSync ? kept.readAtSync(target, position) : kept.readAt(target, position);
        expect([await read, target.equals(expected)]).toEqual([there, true]);
      }
    }),
    sample('kept pages', 60),
  );
});

test('reads a page once, and beside a bad place what is asked for', () => {
  const { source, reads: count } = fileOf(10_000);
  const kept = createPageKeeper()(source);
  for (let position = 64; position < 4_000; position += 4)
    kept.readAtSync(new Uint8Array(4), position);
  expect(count()).toBe(1);
  const bad = fileOf(10_000, 1_000);
  const target = new Uint8Array(4);
  expect(createPageKeeper()(bad.source).readAtSync(target, 64)).toBe(4);
  expect(target).toEqual(bad.content.slice(64, 68));
  expect(() => createPageKeeper()(bad.source).readAtSync(target, 2_000)).toThrow('EIO');
});

test('keeps 16 MiB of all images together', () => {
  const keep = createPageKeeper();
  for (let index = 0; index < 4_096; index += 1)
    keep(fileOf(64).source).readAtSync(new Uint8Array(4), 0);
  const { source, reads: count } = fileOf(64);
  const late = keep(source);
  for (let turn = 0; turn < 3; turn += 1) late.readAtSync(new Uint8Array(4), 0);
  expect(count()).toBe(3);
});
