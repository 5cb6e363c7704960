import { createHash } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { DescriptorError, bytes as toByteCount } from '@ploop/descriptor';
import { memorySource, type ImageSource } from '@ploop/descriptor/internal';
import { checkImage, extents, mergeDelta, openChain } from '@ploop/image';
import { descriptorXml, imageBytes, sample, temporaryDirectory, testGuid } from '@ploop/test-kit';
import { memoryTarget } from '@ploop/test-kit/disks/memory-target';
import { mutants } from '@ploop/test-kit/disks/mutants';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { backupSet } from '../src/backup/backup-set.ts';
import { checkDisk } from '../src/check/check-disk.ts';
import { diffSnapshots } from '../src/snapshot/diff-snapshots.ts';
import { openSnapshot } from '../src/snapshot/open-snapshot.ts';
import { diskSpace } from '../src/space/disk-space.ts';

const CLUSTER = 32_768;
const CLUSTERS = 64;
const MAX = 0xffff_ffff;
const SIGN = 0x8000_0000;

/** An image in order, three clusters of 64 in it, one word of it another. */
function withWord(version: 1 | 2, at: number, value: number): Uint8Array {
  const unit = version === 1 ? 64 : 1;
  const bytes = imageBytes({ version }, [unit, 2 * unit, 3 * unit], 3);
  new DataView(bytes.buffer).setUint32(at, value, true);
  return bytes;
}

/** Fails a read beyond the end. */
function guarded(bytes: Uint8Array): ImageSource {
  const inner = memorySource('f', bytes);
  return {
    ...inner,
    readAt: (target, position) => {
      expect(position).toBeGreaterThanOrEqual(0);
      expect(position + target.length).toBeLessThanOrEqual(bytes.length);
      return inner.readAt(target, position);
    },
  };
}

/** What a check says, and whether the image can be read after all. */
async function verdictOn(bytes: Uint8Array): Promise<{ codes: readonly string[]; reads: boolean }> {
  const { diagnostics } = await checkImage(guarded(bytes));
  const codes = diagnostics.map(({ code, data }) =>
    code.startsWith('HEADER_IN') && 'field' in data ? `${code} ${data.field}` : code,
  );
  try {
    const chain = await openChain([guarded(bytes)]);
    await chain.read(0, chain.size);
    return { codes, reads: true };
  } catch (error) {
    expect(error).toBeInstanceOf(DescriptorError);
    return { codes, reads: false };
  }
}

type Expected = readonly [value: number, codes: readonly string[], reads: boolean];
type Fields = Readonly<Record<string, readonly [at: number, ...expected: Expected[]]>>;

const INVALID = (field: string): readonly string[] => [`HEADER_INVALID ${field}`];
const invalid = (field: string, ...values: readonly number[]): readonly Expected[] =>
  values.map((value) => [value, INVALID(field), false]);
const harmless = (...values: readonly number[]): readonly Expected[] =>
  values.map((value) => [value, [], true]);
const inexact = (field: string, ...values: readonly number[]): readonly Expected[] =>
  values.map((value) => [value, [`HEADER_INEXACT ${field}`], true]);
const misaligned = ['CLUSTER_MISALIGNED'];
const before = ['CLUSTER_BEFORE_DATA'];
const emptied = ['BAT_STALE', 'CLUSTERS_UNUSED', 'EMPTY_FLAG_WRONG'];

const FIELDS: Fields = {
  type: [16, ...invalid('type', 0, 1, 3, SIGN - 1, SIGN, MAX)],
  // Nothing ever reads these.
  heads: [20, ...harmless(0, 1, SIGN - 1, SIGN, MAX)],
  cylinders: [24, ...harmless(0, 1, SIGN - 1, SIGN, MAX)],
  'cluster size': [28, ...invalid('cluster size', 0, 1, 32, 63, 66, 2 ** 18, SIGN - 1, SIGN, MAX)],
  clusters: [
    32,
    ...inexact('clusters', 0, 1, CLUSTERS - 1, SIGN - 1, SIGN, MAX),
    [CLUSTERS + 1, ['BAT_LONGER'], true],
  ],
  size: [
    36,
    [0, ['BAT_LONGER', ...emptied], true],
    [1, ['BAT_LONGER', 'SIZE_NOT_WHOLE', 'BAT_STALE', 'CLUSTERS_UNUSED'], true],
    [64, ['BAT_LONGER', 'BAT_STALE', 'CLUSTERS_UNUSED'], true],
    ...invalid('first block offset', SIGN - 1, SIGN, MAX),
  ],
  mark: [
    44,
    [1, ['IMAGE_MARK'], true],
    [SIGN, ['IMAGE_MARK'], true],
    [MAX, ['IMAGE_MARK'], true],
    [0x746f_6e59, ['IMAGE_IN_USE'], true],
  ],
  'first block offset': [
    48,
    [
      SIGN,
      [
        ...['HEADER_INEXACT first block offset', 'FILE_END_ODD'],
        ...['CLUSTER_BEFORE_DATA', 'CLUSTER_BEFORE_DATA', 'CLUSTER_BEFORE_DATA'],
      ],
      false,
    ],
  ],
  flags: [
    52,
    [1, ['EMPTY_FLAG_WRONG'], true],
    [2, ['IMAGE_CONVERTING'], true],
    [SIGN, ['HEADER_INEXACT flags'], true],
    [MAX, ['IMAGE_CONVERTING', 'HEADER_INEXACT flags', 'EMPTY_FLAG_WRONG'], true],
  ],
  'extension, lower half': [
    56,
    ...[1, 63, 64, SIGN - 1, SIGN, MAX].map<Expected>((value) => [
      value,
      ['EXTENSION_INVALID'],
      true,
    ]),
  ],
  'extension, upper half': [
    60,
    ...[1, SIGN - 1, SIGN, MAX].map<Expected>((value) => [value, ['EXTENSION_INVALID'], true]),
  ],
};

describe.each([1, 2] as const)('version %i', (version) => {
  test.each(Object.entries(FIELDS))('%s: each value its findings', async (_name, [at, ...rows]) => {
    for (const [value, codes, reads] of rows)
      expect([value, await verdictOn(withWord(version, at, value))]).toEqual([
        value,
        { codes, reads },
      ]);
  });

  const offsets = {
    1: [
      [0, ['IMAGE_FOREIGN'], true],
      ...[1, 63].map<Expected>((value) => [
        value,
        [
          'IMAGE_FOREIGN',
          'FILE_END_ODD',
          ...misaligned,
          ...misaligned,
          ...misaligned,
          'CLUSTERS_UNUSED',
        ],
        false,
      ]),
      [
        65,
        [
          'IMAGE_FOREIGN',
          'FILE_END_ODD',
          ...before,
          ...misaligned,
          ...misaligned,
          'CLUSTERS_UNUSED',
        ],
        false,
      ],
      ...[SIGN - 1, MAX].map<Expected>((value) => [
        value,
        ['IMAGE_FOREIGN', 'FILE_END_ODD', ...before, ...before, ...before],
        false,
      ]),
    ],
    2: invalid('first block offset', 0, 1, 63, 65, SIGN - 1, MAX),
  } satisfies Record<1 | 2, readonly Expected[]>;
  test('a first block offset between two clusters', async () => {
    for (const [value, codes, reads] of offsets[version])
      expect([value, await verdictOn(withWord(version, 48, value))]).toEqual([
        value,
        { codes, reads },
      ]);
  });

  const upper = {
    1: inexact('size', 1, SIGN - 1, SIGN, MAX),
    2: invalid('size', SIGN - 1, SIGN, MAX),
  };
  test('the upper half of the size', async () => {
    for (const [value, codes, reads] of upper[version])
      expect([value, await verdictOn(withWord(version, 40, value))]).toEqual([
        value,
        { codes, reads },
      ]);
  });

  test.each<[value: number, code: string]>([
    [1, version === 1 ? 'CLUSTER_BEFORE_DATA' : 'CLUSTER_SHARED'],
    [version === 1 ? 65 : 4, version === 1 ? 'CLUSTER_MISALIGNED' : 'CLUSTER_BEYOND_END'],
    [SIGN - 1, 'CLUSTER_BEYOND_END'],
    [SIGN, 'CLUSTER_BEYOND_END'],
    [MAX, 'CLUSTER_BEYOND_END'],
  ])('an entry of %i', async (value, code) => {
    const { codes, reads } = await verdictOn(withWord(version, 64 + 4 * 9, value));
    expect([codes, reads]).toEqual([[code], code === 'CLUSTER_SHARED']);
  });

  test.each<[bytes: number, codes: readonly string[]]>([
    ...[0, 1, 15, 16, 63].map<[number, readonly string[]]>((length) => [length, []]),
    ...[64, 65, 4095].map<[number, readonly string[]]>((length) => [length, ['HEADER_TOO_SHORT']]),
    ...[4096, CLUSTER - 1, CLUSTER].map<[number, readonly string[]]>((length) => [
      length,
      [
        ...(length === CLUSTER ? [] : ['FILE_END_ODD']),
        ...['CLUSTER_BEYOND_END', 'CLUSTER_BEYOND_END', 'CLUSTER_BEYOND_END'],
      ],
    ]),
    [CLUSTER + 1, ['FILE_END_ODD', ...Array.from({ length: 3 }, () => 'CLUSTER_BEYOND_END')]],
    [4 * CLUSTER - 1, ['FILE_END_ODD', 'CLUSTER_BEYOND_END']],
  ])('cut off at %i bytes', async (length, codes) => {
    const bytes = withWord(version, 20, 16).slice(0, length);
    expect(await verdictOn(bytes)).toEqual({ codes, reads: false });
  });
});

test('a BAT that the file ends in is said, and not read beyond the end', async () => {
  const whole = imageBytes({ clusters: 8176 }, [1]);
  for (const [length, code] of [
    [64 + 4 * 8176 - 1, 'HEADER_TOO_SHORT'],
    [64 + 4 * 8176, 'CLUSTER_BEYOND_END'],
  ] as const)
    expect((await verdictOn(whole.slice(0, length))).codes).toContain(code);
});

/** A file of any size that begins with a header and is zeros then; tells what it is asked for. */
function sparseSource(header: Uint8Array, fileBytes: number) {
  const asked = { most: 0, memory: 0 };
  const source: ImageSource = {
    file: 'f',
    bytes: toByteCount(fileBytes),
    readAt: async (target, position) => {
      expect(position + target.length).toBeLessThanOrEqual(fileBytes);
      asked.most = Math.max(asked.most, target.length);
      asked.memory = Math.max(asked.memory, process.memoryUsage.rss());
      await new Promise((resolve) => setImmediate(resolve));
      target.fill(0);
      if (position < header.length)
        target.set(header.subarray(position, Math.min(header.length, position + target.length)));
      return target.length;
    },
  };
  return { source, asked };
}

test.each([
  ['2^32 - 1 clusters of 32 KiB', { size: BigInt(MAX) * 64n, firstBlock: SIGN }, 2 ** 50],
  ['16 TiB', { blockSize: 2048, size: 2n ** 35n, firstBlock: 133_120 }, 2 ** 44],
  ['2 TiB of version 1', { version: 1, size: 2n ** 32n - 1n, firstBlock: 64 * 8194 }, 2 ** 41],
  ['clusters of 64 MiB', { blockSize: 131_072, size: 2n ** 43n, firstBlock: 131_072 * 5 }, 2 ** 52],
] as const)(
  'an image that says it has %s, and a file that is as long: little memory is taken',
  async (_what, fields, fileBytes) => {
    const header = imageBytes({ clusters: 1, ...fields, flags: 1, firstBlock: 64 }).slice(0, 4096);
    new DataView(header.buffer).setUint32(48, fields.firstBlock, true);
    const { source, asked } = sparseSource(header, fileBytes);
    const before = process.memoryUsage.rss();
    const chain = await openChain([source]);
    await chain.read(chain.size - 1, 1);
    await checkImage(source, { deep: false });
    expect(asked.most).toBeLessThanOrEqual(65_536);
    const shallow = asked.memory - before;
    const signal = AbortSignal.timeout(400);
    const deep = await checkImage(source, { signal }).catch((error: unknown) => error);
    if (deep instanceof Error) expect(deep.name).toBe('TimeoutError');
    // What allocates nothing is read in larger pieces, and they are bounded, too.
    expect(asked.most).toBeLessThanOrEqual(2 ** 20);
    const grown = asked.memory - before;
    console.info(`memory: ${[shallow, grown].map((n) => (n / 2 ** 20).toFixed(1)).join(', ')} MiB`);
    // One bit for each cluster of a window, and what the collector has not come to yet.
    expect(grown).toBeLessThan(64 * 2 ** 20 + 64 * 2 ** 20);
  },
);

/** An image, a few words of it changed to what hurts most; maybe cut off. */
interface Damage {
  /** The first is in order. */
  readonly mutant: number;
  readonly words: readonly { readonly at: number; readonly value: number }[];
  readonly length: number | undefined;
}

const damage: fc.Arbitrary<Damage> = fc.record({
  mutant: fc.oneof(fc.constant(0), fc.nat(mutants.length - 1)),
  words: fc.array(
    fc.record({
      at: fc.oneof(fc.nat(15), fc.nat(79)),
      value: fc.oneof(fc.constantFrom(0, 1, 64, 65, SIGN - 1, SIGN, MAX), fc.nat(300)),
    }),
    { maxLength: 3 },
  ),
  length: fc.oneof(fc.constant(undefined), fc.constant(undefined), fc.nat(140_000)),
});

function damaged({ mutant, words, length }: Damage): Uint8Array {
  const bytes = mutants[mutant]?.bytes.slice() ?? new Uint8Array(0);
  const view = new DataView(bytes.buffer);
  for (const { at, value } of words) view.setUint32(16 + at * 4, value, true);
  return bytes.subarray(0, length);
}

/** Runs something that may fail for what is damaged, and for nothing else. */
async function survives(run: () => Promise<unknown>): Promise<boolean> {
  try {
    await run();
    return true;
  } catch (error) {
    expect(error).toBeInstanceOf(DescriptorError);
    return false;
  }
}

/** The size of a disk, and the hash of its first bytes, all of them where none are given; a code where it has none. */
async function contentOf(
  sources: readonly ImageSource[],
  rawBase: boolean,
  bytes?: number,
): Promise<{ readonly size: number; readonly hash: string }> {
  try {
    const { size, read } = await openChain(sources, { rawBase });
    const content = await read(0, Math.min(bytes ?? size, 4 << 20));
    return { size, hash: createHash('sha256').update(content).digest('hex') };
  } catch (error) {
    expect(error).toBeInstanceOf(DescriptorError);
    return { size: -1, hash: String(error) };
  }
}

test('damaged images below and above each other: merged, or refused before a byte is written', async () => {
  const counts = { merged: 0, refused: 0 };
  await fc.assert(
    fc.asyncProperty(damage, damage, fc.boolean(), async (below, above, rawBase) => {
      const [lower, upper] = [damaged(below), damaged(above)];
      const target = memoryTarget('lower', lower);
      const source = guarded(upper);
      const before = await contentOf([guarded(lower), source], rawBase);
      const isMerged = await survives(() => mergeDelta(target, source, { rawBase }));
      counts[isMerged ? 'merged' : 'refused'] += 1;
      if (!isMerged) expect(target.operations).toEqual([]);
      else {
        // As with the tool, a disk that has shrunk is as large as it was.
        const after = await contentOf([guarded(target.content())], rawBase, before.size);
        expect(after.hash).toBe(before.hash);
        expect(after.size).toBeGreaterThanOrEqual(before.size);
      }
      expect(target.content().length).toBeLessThan(lower.length + 64 * 2 ** 20);
    }),
    sample('damaged merges', 150),
  );
  console.info('damaged merges:', JSON.stringify(counts));
});

test('a disk of damaged images: every look at it ends, with findings or an error that has a code', async () => {
  const root = await temporaryDirectory();
  const types = fc.constantFrom('Compressed', 'Plain');
  await fc.assert(
    fc.asyncProperty(damage, damage, types, async (below, above, type) => {
      const [lower, upper] = [damaged(below), damaged(above)];
      const directory = await mkdtemp(join(root, 'disk'));
      const xml = descriptorXml([{}, { parent: 0 }], { blockSize: '64', size: '4096' });
      await writeFile(join(directory, 'DiskDescriptor.xml'), xml.replaceAll('Compressed', type));
      await writeFile(join(directory, 'd0'), lower);
      await writeFile(join(directory, 'd1'), upper);
      const { diagnostics } = await checkDisk(directory, { deep: true });
      const isSound = diagnostics.every(({ severity }) => severity !== 'error');
      const reads = await survives(async () => {
        const snapshot = await openSnapshot(directory);
        try {
          await snapshot.hash({ end: Math.min(snapshot.size, 8 * 2 ** 20) });
          for await (const { length } of extents(snapshot, {
            end: Math.min(snapshot.size, 2 ** 30),
          }))
            expect(length).toBeGreaterThan(0);
        } finally {
          await snapshot.close();
        }
      });
      // What a check finds sound can be read.
      if (isSound) expect(reads).toBe(true);
      const { images, operations } = await diskSpace(directory);
      const counts = [...images, ...operations].flatMap((one) => Object.values(one) as unknown[]);
      for (const count of counts) if (typeof count === 'number') expect(count).not.toBeNaN();
      await survives(() => differences(directory));
      await survives(() => backupSet(directory, testGuid(0)));
      await rm(directory, { recursive: true });
    }),
    sample('damaged disks', 60),
  );
});

async function differences(directory: string): Promise<void> {
  const base = await openSnapshot(directory, testGuid(0));
  try {
    const top = await openSnapshot(directory);
    try {
      for await (const { length } of diffSnapshots(base, top)) expect(length).toBeGreaterThan(0);
    } finally {
      await top.close();
    }
  } finally {
    await base.close();
  }
}
