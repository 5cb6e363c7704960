import { createHash } from 'node:crypto';

import { bytes as toByteCount, sectors, toBytes } from '@ploop/descriptor';
import {
  chunks,
  createWebStream,
  runAsync,
  runSync,
  type Steps,
  memorySource,
  type ImageSource,
} from '@ploop/descriptor/internal';
import { imageBytes } from '@ploop/test-kit';
import fc from 'fast-check';
import { expect, test } from 'vitest';

import { dataPieces } from './data-pieces.ts';
import { extents, type Extent } from './extents.ts';
import { hashChain } from './hash-chain.ts';
import { openChain, type Chain } from './open-chain.ts';
import { diskReader } from './read-chain.ts';

const CLUSTER = 32768;

/** One delta of a model: how many clusters the disk has, and which of them the delta has in which order. */
interface Delta {
  readonly version: 1 | 2;
  readonly clusters: number;
  readonly allocated: readonly number[];
}

const delta: fc.Arbitrary<Delta> = fc
  .record({
    version: fc.constantFrom<1 | 2>(1, 2),
    clusters: fc.integer({ min: 1, max: 24 }),
    order: fc.uniqueArray(fc.nat(23), { maxLength: 24 }),
  })
  .map(({ order, ...rest }) => ({
    ...rest,
    allocated: order.filter((cluster) => cluster < rest.clusters),
  }));

/** Data of a delta: every cluster another one in every delta. */
function fill(bytes: Uint8Array, level: number, cluster: number): void {
  for (let at = 0; at < bytes.length; at += 1) bytes[at] = (level * 37 + cluster * 5 + at) % 251;
}

function bytesOf({ version, clusters, allocated }: Delta, level: number): Uint8Array {
  const bat = Array.from({ length: clusters }, (_, cluster) => {
    const place = allocated.indexOf(cluster);
    return place < 0 ? 0 : (place + 1) * (version === 1 ? 64 : 1);
  });
  const bytes = imageBytes({ version, clusters }, bat, allocated.length);
  for (const [place, cluster] of allocated.entries())
    fill(bytes.subarray((place + 1) * CLUSTER, (place + 2) * CLUSTER), level, cluster);
  return bytes;
}

/** What the disk holds, by the rule that the highest delta with a cluster counts. */
function modelOf(deltas: readonly Delta[], raw?: Uint8Array): Uint8Array {
  const content = new Uint8Array((deltas.at(-1)?.clusters ?? 0) * CLUSTER);
  if (raw !== undefined) content.set(raw.subarray(0, content.length));
  for (const [level, { allocated }] of deltas.entries())
    for (const cluster of allocated)
      if (cluster * CLUSTER < content.length)
        fill(content.subarray(cluster * CLUSTER, (cluster + 1) * CLUSTER), level, cluster);
  return content;
}

const sourcesOf = (deltas: readonly Delta[], raw?: Uint8Array): readonly ImageSource[] => [
  ...(raw === undefined ? [] : [memorySource('raw', raw)]),
  ...deltas.map((one, level) => memorySource(`d${String(level)}`, bytesOf(one, level))),
];

const open = (deltas: readonly Delta[], raw?: Uint8Array): Promise<Chain> =>
  openChain(sourcesOf(deltas, raw), { rawBase: raw !== undefined });

async function all<Item>(items: AsyncIterable<Item>): Promise<Item[]> {
  const list: Item[] = [];
  for await (const item of items) list.push(item);
  return list;
}

const deltas = fc.array(delta, { minLength: 1, maxLength: 6 });
const raw = fc.option(
  fc.nat(20 * 64).map((sectors) => {
    const bytes = new Uint8Array(sectors * 512);
    fill(bytes, 100, 0);
    return bytes;
  }),
  { nil: undefined },
);
const range = fc
  .tuple(fc.nat(25 * CLUSTER), fc.nat(25 * CLUSTER))
  .map(([one, other]) => ({ start: Math.min(one, other), end: Math.max(one, other) }));

test('any part of any chain reads as the model says, in every way to read', async () => {
  await fc.assert(
    fc.asyncProperty(deltas, raw, range, async (list, base, { start, end }) => {
      const model = modelOf(list, base);
      const chain = await open(list, base);
      expect(chain.size).toBe(model.length);
      const expected = Buffer.from(model.subarray(start, end));
      expect(expected.equals(await chain.read(start, end - start))).toBe(true);
      expect(expected.equals(Buffer.concat(await all(chunks(chain, { start, end }))))).toBe(true);

      const pieces = Buffer.alloc(expected.length);
      for await (const { position, bytes, release } of dataPieces(chain, {
        start,
        end,
        pieceBytes: 50_000,
        pieces: 2,
      })) {
        pieces.set(bytes, position - start);
        release();
      }
      expect(expected.equals(pieces)).toBe(true);

      const hash = createHash('sha256');
      await hashChain(chain, hash, { start, end });
      expect(hash.digest('hex')).toBe(createHash('sha256').update(expected).digest('hex'));
    }),
    { numRuns: 60 },
  );
});

test('a look at a part, in either world, shows what the chain does', async () => {
  await fc.assert(
    fc.asyncProperty(deltas, raw, range, async (list, base, { start, end }) => {
      function* look(): Steps<Uint8Array> {
        const { size, read } = yield* diskReader([
          {
            start: toBytes(sectors(0)),
            sources: sourcesOf(list, base),
            rawBase: base !== undefined,
          },
        ]);
        expect(size).toBe(model.length);
        const target = new Uint8Array(end - start);
        return target.subarray(0, yield* read(target, start));
      }
      const model = modelOf(list, base);
      const expected = Buffer.from(model.subarray(start, end));
      expect(expected.equals(runSync(look()))).toBe(true);
      expect(expected.equals(await runAsync(look()))).toBe(true);
    }),
    { numRuns: 60 },
  );
});

test('what reads asynchronously alone is not read blocking', () => {
  const { file, bytes, readAt } = memorySource('f', imageBytes());
  const reading = diskReader([
    { start: toBytes(sectors(0)), sources: [{ file, bytes, readAt }], rawBase: false },
  ]);
  expect(() => runSync(reading)).toThrow(/readAtSync/);
});

test('extents cover the range, each as long as it can be, and say where the bytes are', async () => {
  await fc.assert(
    fc.asyncProperty(deltas, raw, range, async (list, base, { start, end }) => {
      const model = modelOf(list, base);
      const chain = await open(list, base);
      const found = await all(extents(chain, { start, end }));
      let at = Math.min(start, model.length);
      let last: Extent | undefined;
      for (const extent of found) {
        expect(extent.start).toBe(at);
        expect(extent.length).toBeGreaterThan(0);
        const content = Buffer.from(model.subarray(at, at + extent.length));
        if (extent.allocated) {
          const bytes = new Uint8Array(extent.length);
          await chain.layers[extent.layer]?.source.readAt(bytes, extent.offset);
          expect(content.equals(bytes)).toBe(true);
          if (last?.allocated === true && last.layer === extent.layer)
            expect(last.offset + last.length).not.toBe(extent.offset);
        } else {
          expect(content.every((byte) => byte === 0)).toBe(true);
          expect(last?.allocated).not.toBe(false);
        }
        at += extent.length;
        last = extent;
      }
      expect(at).toBe(Math.min(end, model.length));
    }),
    { numRuns: 60 },
  );
});

test('a web stream gives the bytes, and can be left', async () => {
  const list: Delta[] = [{ version: 2, clusters: 100, allocated: [3, 99, 50] }];
  const chain = await open(list);
  const read = await all(
    createWebStream(chain, { start: 5 }) as unknown as AsyncIterable<Uint8Array>,
  );
  expect(Buffer.from(modelOf(list).subarray(5)).equals(Buffer.concat(read))).toBe(true);
  const reader = createWebStream(chain).getReader();
  await reader.read();
  await reader.cancel();
});

test('reading can be stopped', async () => {
  const chain = await open([{ version: 1, clusters: 8, allocated: [1, 2] }]);
  const signal = AbortSignal.abort(new Error('enough'));
  await expect(all(chunks(chain, { signal }))).rejects.toThrow('enough');
  await expect(all(extents(chain, { signal }))).rejects.toThrow('enough');
  await expect(all(dataPieces(chain, { signal }))).rejects.toThrow('enough');
});

test('a disk that shrank and grew again shows what is below, with a warning', async () => {
  const chain = await open([
    { version: 1, clusters: 8, allocated: [1, 6] },
    { version: 1, clusters: 4, allocated: [] },
    { version: 1, clusters: 10, allocated: [] },
  ]);
  expect(chain.diagnostics).toMatchObject([
    { code: 'CHAIN_REGROWN', data: { file: 'd1', from: 4 * CLUSTER, to: 8 * CLUSTER } },
  ]);
  const allocated = (await all(extents(chain))).filter((extent) => extent.allocated);
  expect(allocated.map(({ start }) => start / CLUSTER)).toEqual([1, 6]);
});

test('zeros without end leave others a turn', async () => {
  const chain = await openChain([memorySource('empty', imageBytes({ clusters: 2 ** 20 }))]);
  const stop = new AbortController();
  setTimeout(() => {
    stop.abort(new Error('enough'));
  });
  const drain = async (): Promise<number> => {
    let length = 0;
    for await (const chunk of chunks(chain, { signal: stop.signal })) length += chunk.length;
    return length;
  };
  await expect(drain()).rejects.toThrow('enough');
});

test('a top in use is said to be, a lower image in use is not', async () => {
  const used = memorySource('used', imageBytes({ mark: 0x746f6e59 }));
  const closed = memorySource('closed', imageBytes());
  expect((await openChain([closed, used])).diagnostics).toMatchObject([
    { code: 'IMAGE_IN_USE', data: { file: 'used' } },
  ]);
  expect((await openChain([used, closed])).diagnostics).toEqual([]);
});

test.each([
  ['a ploop image', imageBytes({}, [1, 2]), ['BASE_NOT_RAW']],
  ['a qcow2 image', Buffer.from('QFI\xfb'.padEnd(4096, '\0'), 'latin1'), ['BASE_NOT_RAW']],
])('a raw base is one, be it that the guest makes it begin as %s', async (_what, bytes, codes) => {
  const chain = await openChain([memorySource('raw', bytes)], { rawBase: true });
  expect(chain.diagnostics.map(({ code }) => code)).toEqual(codes);
  expect(Buffer.from(bytes).equals(await chain.read(0, bytes.length))).toBe(true);
});

test.each([
  ['HEADER_INVALID', [new Uint8Array(8192).fill(7)], false],
  ['HEADER_ZEROED', [imageBytes(), new Uint8Array(8192)], true],
  ['CHAIN_CLUSTER_SIZE', [imageBytes(), imageBytes({ blockSize: 128 })], false],
  ['IMAGE_UNSUPPORTED', [Buffer.from('QFI\xfb'.padEnd(4096, '\0'), 'latin1')], false],
  ['HEADER_TOO_SHORT', [imageBytes().subarray(0, 1000)], false],
])('what cannot be read is refused: %s', async (code, files, rawBase) => {
  const sources = files.map((bytes, index) => memorySource(String(index), bytes));
  await expect(openChain(sources, { rawBase })).rejects.toMatchObject({ code });
});

test.each([
  [1, 'CLUSTER_BEFORE_DATA'],
  [65, 'CLUSTER_MISALIGNED'],
  [6400, 'CLUSTER_BEYOND_END'],
])('a cluster at sector %i is not guessed, the others are read', async (entry, code) => {
  const bytes = imageBytes({ version: 1 }, [64, entry, 128], 3);
  const chain = await openChain([memorySource('f', bytes)]);
  expect((await chain.read(0, CLUSTER))[0]).toBe(1);
  expect((await chain.read(2 * CLUSTER, CLUSTER))[0]).toBe(2);
  await expect(chain.read(CLUSTER + 5, 1)).rejects.toMatchObject({ code });
  await expect(all(chunks(chain))).rejects.toMatchObject({ code });
  await expect(all(dataPieces(chain))).rejects.toMatchObject({ code });
});

test('only a range of a disk can be asked for', async () => {
  const chain = await open([{ version: 2, clusters: 2, allocated: [] }]);
  const invalid = { name: 'DescriptorError', code: 'OPTION_INVALID' };
  await expect(chain.read(-1, 5)).rejects.toMatchObject(invalid);
  await expect(chain.read(0, 1.5)).rejects.toMatchObject(invalid);
  await expect(chain.read(Number.MAX_SAFE_INTEGER, 5)).rejects.toMatchObject(invalid);
  expect(await chain.read(10 * CLUSTER, 5)).toHaveLength(0);
  await expect(openChain([])).rejects.toMatchObject(invalid);
});

test('a failed read is an error, and the process goes on', async () => {
  const source = memorySource('f', imageBytes({}, [1, 2]));
  let broken = false;
  const chain = await openChain([
    {
      ...source,
      readAt: (target, position) =>
        broken ? Promise.reject(new Error('EIO')) : source.readAt(target, position),
    },
  ]);
  await chain.read(0, 1);
  broken = true;
  await expect(chain.read(0, 2 * CLUSTER)).rejects.toMatchObject({ code: 'FILE_UNREADABLE' });
  await expect(all(chunks(chain))).rejects.toMatchObject({ code: 'FILE_UNREADABLE' });
  await expect(all(dataPieces(chain))).rejects.toMatchObject({ code: 'FILE_UNREADABLE' });
});

test('a chain of 127 images', async () => {
  const list = Array.from({ length: 127 }, (_, level): Delta => ({
    version: level % 2 === 0 ? 1 : 2,
    clusters: 130,
    allocated: [level],
  }));
  const chain = await open(list);
  expect(Buffer.from(modelOf(list)).equals(await chain.read(0, chain.size))).toBe(true);
  const found = await all(extents(chain));
  expect(found.filter((extent) => extent.allocated).map(({ layer }) => layer)).toEqual(
    list.map((_, level) => level),
  );
});

test('of a disk of 16 TiB little is read, and nothing large is kept', async () => {
  const clusters = 2 ** 24;
  const header = imageBytes({
    blockSize: 2048,
    clusters: 64,
    size: BigInt(clusters) * 2048n,
    firstBlock: 65 * 2048,
  }).subarray(0, 4096);
  const source = memorySource('large', header);
  let [bytes, largest] = [0, 0];
  const chain = await openChain([
    {
      ...source,
      bytes: toByteCount(65 * 2 ** 20),
      readAt: async (target, position) => {
        bytes += target.length;
        largest = Math.max(largest, target.length);
        target.fill(0);
        await source.readAt(target, position);
        return target.length;
      },
    },
  ]);
  expect(chain.size).toBe(2 ** 44);
  expect((await chain.read(2 ** 44 - 1, 1))[0]).toBe(0);
  expect(bytes).toBeLessThan(100_000);
  const start = 2 ** 44 - 2 ** 40;
  expect(await all(extents(chain, { start }))).toEqual([
    { allocated: false, start, length: 2 ** 40 },
  ]);
  expect(largest).toBeLessThanOrEqual(2 ** 20);
});

test('a chain that is too long is refused, and a long one opens at once', async () => {
  const bytes = imageBytes({ clusters: 1 });
  const chainOf = (images: number): readonly ImageSource[] =>
    Array.from({ length: images }, (_, index) => memorySource(String(index), bytes));
  await expect(openChain(chainOf(65_537))).rejects.toMatchObject({
    code: 'CHAIN_TOO_LONG',
    diagnostics: [{ data: { images: 65_537, most: 32_512 } }],
  });
  const last = memorySource('last', imageBytes({ clusters: 1 }, [1]));
  const chain = await openChain([last, ...chainOf(32_511)]);
  expect((await chain.read(0, 1))[0]).toBe(1);
});
