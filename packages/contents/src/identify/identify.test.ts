import { bytes } from '@ploop/descriptor';
import type { ReadAt } from '@ploop/descriptor/internal';
import { sample } from '@ploop/test-kit';
import fc from 'fast-check';
import { expect, test } from 'vitest';

import { crc32 } from '../bytes/crc.ts';
import { identify } from './identify.ts';

const SECTOR = 512;

/** A disk of which only a few sectors are not zero; counts what is read. */
function diskOf(
  sectors: Readonly<Record<number, Uint8Array>>,
  size: number,
): { readonly readAt: ReadAt; readonly read: { bytes: number; calls: number } } {
  const read = { bytes: 0, calls: 0 };
  const readAt: ReadAt = (target, position) => {
    expect(Number.isSafeInteger(position) && position >= 0).toBe(true);
    read.bytes += target.length;
    read.calls += 1;
    const count = Math.max(0, Math.min(target.length, size - position));
    target.fill(0);
    for (const [index, sector] of Object.entries(sectors)) {
      const from = Number(index) * SECTOR - position;
      for (const [offset, byte] of sector.entries())
        if (from + offset >= 0 && from + offset < count) target[from + offset] = byte;
    }
    return Promise.resolve(count);
  };
  return { readAt, read };
}

/** A boot record of entries `[type, start, sectors]`. */
function bootRecord(...entries: readonly (readonly [number, number, number])[]): Uint8Array {
  const sector = new Uint8Array(SECTOR);
  const view = new DataView(sector.buffer);
  view.setUint16(510, 0xaa55, true);
  for (const [index, [type, start, count]] of entries.entries()) {
    view.setUint8(446 + index * 16 + 4, type);
    view.setUint32(446 + index * 16 + 8, start, true);
    view.setUint32(446 + index * 16 + 12, count, true);
  }
  return sector;
}

const SIZE = 100_000 * SECTOR;

test('logical partitions follow the chain of their records', async () => {
  const { readAt } = diskOf(
    {
      0: bootRecord([0x83, 64, 1000], [0x05, 2000, 9000]),
      2000: bootRecord([0x83, 8, 100], [0x05, 500, 300]),
      2500: bootRecord([0x82, 8, 200]),
    },
    SIZE,
  );
  const { partitionTable, diagnostics } = await identify(readAt, bytes(SIZE));
  expect(diagnostics).toEqual([]);
  expect(
    partitionTable?.partitions.map((one) => [one.number, one.type, one.start / SECTOR]),
  ).toEqual([
    [1, '0x83', 64],
    [2, '0x05', 2000],
    [5, '0x83', 2008],
    [6, '0x82', 2508],
  ]);
});

test('a chain that bites its tail ends', async () => {
  const { readAt } = diskOf(
    {
      0: bootRecord([0x0f, 2000, 9000]),
      2000: bootRecord([0x83, 8, 100], [0x05, 500, 300]),
      2500: bootRecord([0x83, 8, 100], [0x05, 0, 300]),
    },
    SIZE,
  );
  expect((await identify(readAt, bytes(SIZE))).diagnostics).toMatchObject([
    { code: 'PARTITION_CHAIN_BROKEN', data: { position: 2000 * SECTOR, reason: 'cycle' } },
  ]);
});

test('a chain without end is given up, and one into nothing', async () => {
  const links = Array.from({ length: 400 }, (_, index): readonly [number, Uint8Array] => [
    2000 + index,
    bootRecord([0x05, index + 1, 1]),
  ]);
  const endless = diskOf({ 0: bootRecord([5, 2000, 9000]), ...Object.fromEntries(links) }, SIZE);
  expect((await identify(endless.readAt, bytes(SIZE))).diagnostics).toMatchObject([
    { data: { reason: 'too long' } },
  ]);
  const nowhere = diskOf({ 0: bootRecord([5, 2000, 9000]) }, SIZE);
  expect((await identify(nowhere.readAt, bytes(SIZE))).diagnostics).toMatchObject([
    { data: { reason: 'no boot record' } },
  ]);
});

test('a partition beyond the disk is reported', async () => {
  const { readAt } = diskOf({ 0: bootRecord([0x83, 99_000, 2000]) }, SIZE);
  expect((await identify(readAt, bytes(SIZE))).diagnostics).toMatchObject([
    { code: 'PARTITION_OUTSIDE', data: { partition: 1, size: SIZE } },
  ]);
});

test('a boot record that promises a GPT where there is none', async () => {
  const { readAt } = diskOf({ 0: bootRecord([0xee, 1, 99_999]) }, SIZE);
  expect((await identify(readAt, bytes(SIZE))).diagnostics).toMatchObject([
    { code: 'PARTITION_TABLE_DAMAGED', data: { copy: 'primary', flaw: 'signature' } },
  ]);
});

/** The first copy of a GPT without partitions whose other copy and entries are where it says, its checksums right. */
function gptHeader(other: bigint, entries: bigint): Uint8Array {
  const sector = new Uint8Array(SECTOR);
  const view = new DataView(sector.buffer);
  sector.set(new TextEncoder().encode('EFI PART'));
  view.setUint32(12, 92, true);
  view.setBigUint64(24, 1n, true);
  view.setBigUint64(32, other, true);
  view.setBigUint64(72, entries, true);
  view.setUint32(80, 128, true);
  view.setUint32(84, 128, true);
  view.setUint32(88, crc32(new Uint8Array(128 * 128)), true);
  view.setUint32(16, crc32(sector.subarray(0, 92)), true);
  return sector;
}

test.each([
  ['other copy', 2n ** 44n - 1n, 2n, 'signature'],
  ['other copy', 2n ** 64n - 1n, 2n, 'entries'],
  ['entries', 99_999n, 2n ** 44n - 1n, 'entries'],
])('a GPT whose %s is where no disk reaches', async (_what, other, entries, flaw) => {
  const { readAt } = diskOf({ 1: gptHeader(other, entries) }, SIZE);
  const exact: ReadAt = (target, position) => {
    expect(Number.isSafeInteger(position + target.length)).toBe(true);
    return readAt(target, position);
  };
  const { diagnostics } = await identify(exact, bytes(SIZE));
  expect(diagnostics.map(({ data }) => 'flaw' in data && data.flaw)).toContain(flaw);
});

test('an empty disk has nothing', async () => {
  for (const size of [0, 1, 511, 512, 1500, SIZE])
    expect(await identify(diskOf({}, size).readAt, bytes(size))).toEqual({
      fileSystems: [],
      diagnostics: [],
    });
});

/** Signatures where readers look for them, all else random. */
const hostile = fc
  .record({
    noise: fc.uint8Array({ minLength: 4096, maxLength: 4096 }),
    kind: fc.constantFrom('xfs', 'ext', 'gpt', 'mbr', 'none'),
    size: fc.constantFrom(0, 4096, SIZE, Number.MAX_SAFE_INTEGER),
  })
  .map(({ noise, kind, size }) => {
    const put = (at: number, ...values: readonly number[]): void => {
      noise.set(values, at);
    };
    if (kind === 'xfs') put(0, 0x58, 0x46, 0x53, 0x42);
    if (kind === 'ext') put(1024 + 56, 0x53, 0xef);
    if (kind === 'gpt') put(512, ...new TextEncoder().encode('EFI PART'));
    if (kind === 'gpt' || kind === 'mbr') put(510, 0x55, 0xaa);
    if (kind === 'mbr') for (const at of [446, 462, 478, 494]) put(at, 0);
    if (kind === 'mbr') put(450, 5);
    return { sectors: { 0: noise }, size };
  });

test('whatever the bytes: no failure, and little is read', async () => {
  await fc.assert(
    fc.asyncProperty(hostile, async ({ sectors, size }) => {
      const { readAt, read } = diskOf(sectors, size);
      await identify(readAt, bytes(size));
      expect(read.bytes).toBeLessThan(4 * 2 ** 20);
    }),
    sample('hostile disks', 100),
  );
});
