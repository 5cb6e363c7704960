import { bytes } from '@ploop/descriptor';
import type { ReadAt } from '@ploop/descriptor/internal';
import { expect, test } from 'vitest';

import { crc32 } from '../bytes/crc.ts';
import { identify, type DiskContent } from './identify.ts';

const SECTOR = 512;
const SIZE = 64 * 2 ** 20;
const MOST_READ = 1 << 20;
const MAX32 = 2 ** 32 - 1;
const MAX64 = 2n ** 64n - 1n;

/** Looks at a disk that begins with some bytes, all else zeros; no read may be unlike what a disk can take. */
async function identifyBytes(
  start: Uint8Array,
  size = SIZE,
): Promise<{ readonly content: DiskContent; readonly read: number }> {
  let read = 0;
  const readAt: ReadAt = (target, position) => {
    expect(Number.isSafeInteger(position + target.length) && position >= 0).toBe(true);
    expect(target.length).toBeLessThanOrEqual(MOST_READ);
    read += target.length;
    const count = Math.max(0, Math.min(target.length, size - position));
    target.fill(0);
    if (position < start.length) target.set(start.subarray(position, position + count));
    return Promise.resolve(count);
  };
  return { content: await identify(readAt, bytes(size)), read };
}

const flaws = ({ diagnostics }: DiskContent): readonly unknown[] =>
  diagnostics.map(({ code, data }) => [
    code,
    'flaw' in data ? data.flaw : 'field' in data ? data.field : undefined,
  ]);

interface Gpt {
  readonly headerBytes?: number;
  readonly place?: bigint;
  readonly other?: bigint;
  readonly entriesAt?: bigint;
  readonly count?: number;
  readonly entryBytes?: number;
  /** First and last sector of each partition. */
  readonly partitions?: readonly (readonly [first: bigint, last: bigint])[];
}

/** A GPT whose checksums are right, whatever it says. */
function gpt({
  headerBytes = 92,
  place = 1n,
  other = BigInt(SIZE / SECTOR - 1),
  entriesAt = 2n,
  partitions = [],
  count = Math.max(128, partitions.length),
  entryBytes = 128,
}: Gpt): Uint8Array {
  const entries = new Uint8Array(Math.min(count * entryBytes, MOST_READ));
  const list = new DataView(entries.buffer);
  for (const [index, [first, last]] of partitions.entries()) {
    entries.fill(0xab, index * entryBytes, index * entryBytes + 32);
    list.setBigUint64(index * entryBytes + 32, first, true);
    list.setBigUint64(index * entryBytes + 40, last, true);
  }
  const disk = new Uint8Array(2 * SECTOR + entries.length);
  const view = new DataView(disk.buffer, SECTOR);
  disk.set(new TextEncoder().encode('EFI PART'), SECTOR);
  view.setUint32(12, headerBytes, true);
  view.setBigUint64(24, place, true);
  view.setBigUint64(32, other, true);
  view.setBigUint64(72, entriesAt, true);
  view.setUint32(80, count, true);
  view.setUint32(84, entryBytes, true);
  view.setUint32(88, crc32(entries), true);
  const covered = headerBytes >= 92 && headerBytes <= SECTOR ? headerBytes : 92;
  view.setUint32(16, crc32(disk.subarray(SECTOR, SECTOR + covered)), true);
  disk.set(entries, 2 * SECTOR);
  return disk;
}

test.each<[what: string, lie: Gpt, flaw: string]>([
  ['a header of 0 bytes', { headerBytes: 0 }, 'header size'],
  ['a header of 91 bytes', { headerBytes: 91 }, 'header size'],
  ['a header of more than a sector', { headerBytes: 513 }, 'header size'],
  ['a header of 4 GiB', { headerBytes: MAX32 }, 'header size'],
  ['another place', { place: 2n }, 'place'],
  ['a place that no disk has', { place: MAX64 }, 'place'],
  ['no bytes for an entry', { entryBytes: 0 }, 'entries'],
  ['entries of one byte', { entryBytes: 1 }, 'entries'],
  ['odd entries', { entryBytes: 132 }, 'entries'],
  ['entries of 2 GiB', { entryBytes: 2 ** 31 }, 'entries'],
  ['2^32 - 1 entries', { count: MAX32 }, 'entries'],
  ['entries whose size overflows', { count: 2 ** 25, entryBytes: 128 }, 'entries'],
  ['entries of 2^64 bytes', { count: MAX32, entryBytes: 2 ** 32 - 8 }, 'entries'],
  ['entries beyond the end', { entriesAt: BigInt(SIZE / SECTOR) }, 'entries'],
  ['entries cut off by the end', { entriesAt: BigInt(SIZE / SECTOR - 1) }, 'entries'],
  ['entries where no disk reaches', { entriesAt: MAX64 }, 'entries'],
  ['other entries', { entriesAt: 64n, partitions: [[64n, 65n]] }, 'entries checksum'],
  ['another copy where no disk reaches', { other: MAX64 }, 'entries'],
])('a GPT that says it has %s', async (_what, lie, flaw) => {
  const { content } = await identifyBytes(gpt(lie));
  expect(content.partitionTable).toBeUndefined();
  expect(flaws(content)).toContainEqual(['PARTITION_TABLE_DAMAGED', flaw]);
});

test.each([0n, 1n])('a GPT whose other copy is itself or nowhere: %i', async (other) => {
  const { content } = await identifyBytes(gpt({ other }));
  expect(flaws(content)).toEqual([['PARTITION_TABLE_DAMAGED', 'place']]);
});

test.each<[first: bigint, last: bigint, code: string]>([
  [0n, MAX64, 'PARTITION_TRUNCATED'],
  [MAX64, MAX64, 'PARTITION_TRUNCATED'],
  [MAX64, 0n, 'PARTITION_OUTSIDE'],
  [9n, 8n, 'PARTITION_OUTSIDE'],
  [2n ** 63n, 2n ** 63n + 1n, 'PARTITION_TRUNCATED'],
  [BigInt(SIZE / SECTOR), BigInt(SIZE / SECTOR), 'PARTITION_TRUNCATED'],
  [64n, BigInt(SIZE / SECTOR), 'PARTITION_OUTSIDE'],
])('a partition from sector %i to %i is not on the disk: %s', async (first, last, code) => {
  const { content } = await identifyBytes(gpt({ partitions: [[first, last]] }));
  expect(flaws(content)).toContainEqual([code, undefined]);
  for (const { start, length } of content.partitionTable?.partitions ?? []) {
    expect(Number.isSafeInteger(start) && start >= 0).toBe(true);
    expect(Number.isSafeInteger(length) && length >= 0).toBe(true);
  }
});

test('as many partitions as a table can have, each the whole disk: it ends', async () => {
  const whole = [34n, BigInt(SIZE / SECTOR - 34)] as const;
  const partitions = Array.from({ length: 8192 }, () => whole);
  const { content, read } = await identifyBytes(gpt({ partitions }));
  expect(content.partitionTable?.partitions).toHaveLength(8192);
  expect(read).toBeLessThan(8192 * 40_000);
});

type Fields = readonly (readonly [at: number, bits: 16 | 32 | 64, value: bigint])[];

function patched(bytes: Uint8Array, fields: Fields, littleEndian: boolean): Uint8Array {
  const view = new DataView(bytes.buffer);
  for (const [at, bits, value] of fields)
    if (bits === 16) view.setUint16(at, Number(value), littleEndian);
    else if (bits === 32) view.setUint32(at, Number(value), littleEndian);
    else view.setBigUint64(at, value, littleEndian);
  return bytes;
}

/** An ext4 superblock of 1000 blocks of 1 KiB. */
const ext = (...lies: Fields): Uint8Array =>
  patched(
    new Uint8Array(4096),
    [
      [1024, 32, 128n],
      [1024 + 4, 32, 1000n],
      [1024 + 12, 32, 500n],
      [1024 + 16, 32, 100n],
      [1024 + 20, 32, 1n],
      [1024 + 24, 32, 0n],
      [1024 + 56, 16, 0xef53n],
      [1024 + 58, 16, 1n],
      [1024 + 96, 32, 0xc0n],
      ...lies.map(([at, bits, value]) => [1024 + at, bits, value] as const),
    ],
    true,
  );

/** An XFS superblock, version 4, of 1000 blocks of 4 KiB. */
const xfs = (...lies: Fields): Uint8Array =>
  patched(
    new Uint8Array(65_536),
    [
      [0, 32, 0x58465342n],
      [4, 32, 4096n],
      [8, 64, 1000n],
      [100, 16, 4n],
      [102, 16, 512n],
      [128, 64, 64n],
      [136, 64, 10n],
      [144, 64, 500n],
      ...lies,
    ],
    false,
  );

test('what the lies are reported about is in order', async () => {
  for (const [block, type] of [
    [ext(), 'ext4'],
    [xfs(), 'xfs'],
  ] as const) {
    const { content } = await identifyBytes(block);
    expect(content).toMatchObject({ fileSystems: [{ type, freeBlocks: 500 }], diagnostics: [] });
  }
});

test.each<[what: string, block: Uint8Array, field: string]>([
  ['ext, blocks of 128 KiB', ext([24, 32, 7n]), 'block size'],
  ['ext, blocks of 2^(10 + 2^31)', ext([24, 32, 2n ** 31n]), 'block size'],
  ['ext, blocks of 2^(10 + 2^32 - 1)', ext([24, 32, BigInt(MAX32)]), 'block size'],
  ['ext, no blocks', ext([4, 32, 0n], [12, 32, 0n]), 'blocks'],
  ['ext, 2^64 blocks', ext([4, 32, BigInt(MAX32)], [336, 32, BigInt(MAX32)]), 'blocks'],
  ['ext, the first block after the last', ext([20, 32, BigInt(MAX32)]), 'blocks'],
  ['ext, more free than there are', ext([12, 32, 1001n]), 'free blocks'],
  ['ext, far more free than there are', ext([344, 32, 2n ** 31n]), 'free blocks'],
  ['ext, more free inodes than there are', ext([16, 32, BigInt(MAX32)]), 'free inodes'],
  ['ext, a checksum', ext([100, 32, 0x400n]), 'checksum'],
  ['XFS, no block size', xfs([4, 32, 0n]), 'block size'],
  ['XFS, blocks of one byte', xfs([4, 32, 1n]), 'block size'],
  ['XFS, blocks of 511 bytes', xfs([4, 32, 511n]), 'block size'],
  ['XFS, blocks of 128 KiB', xfs([4, 32, 131_072n]), 'block size'],
  ['XFS, blocks of 2 GiB', xfs([4, 32, 2n ** 31n]), 'block size'],
  ['XFS, blocks of 4 GiB - 1', xfs([4, 32, BigInt(MAX32)]), 'block size'],
  ['XFS, no sector size', xfs([102, 16, 0n]), 'block size'],
  ['XFS, sectors of 64 KiB - 1', xfs([102, 16, 65_535n]), 'block size'],
  ['XFS, no blocks', xfs([8, 64, 0n]), 'blocks'],
  ['XFS, 2^63 blocks', xfs([8, 64, 2n ** 63n]), 'blocks'],
  ['XFS, 2^53 bytes of blocks', xfs([8, 64, 2n ** 53n - 1n]), 'blocks'],
  ['XFS, more free than there are', xfs([144, 64, MAX64]), 'free blocks'],
  ['XFS, more free inodes than there are', xfs([136, 64, 65n]), 'free inodes'],
  ['XFS, 2^64 - 1 inodes', xfs([128, 64, MAX64]), 'free inodes'],
  ['XFS, a checksum', xfs([100, 16, 5n]), 'checksum'],
])('a superblock that lies: %s', async (_what, block, field) => {
  const { content } = await identifyBytes(block);
  expect(content.fileSystems).toEqual([]);
  expect(flaws(content)).toEqual([['SUPERBLOCK_DAMAGED', field]]);
});

test.each([
  ['ext', ext([4, 32, 2n ** 31n])],
  ['XFS', xfs([8, 64, 2n ** 40n])],
])('a file system that is larger than its disk is cut off: %s', async (_what, block) => {
  const { content } = await identifyBytes(block);
  expect(content).toMatchObject({
    fileSystems: [{}],
    diagnostics: [{ code: 'FILE_SYSTEM_TRUNCATED' }],
  });
});
