import { memorySource } from '@ploop/descriptor/internal';
import { imageBytes } from '@ploop/test-kit';
import fc from 'fast-check';
import { expect, test } from 'vitest';

import { diffChains, type ChangedRange } from './diff-chains.ts';
import { openChain, type Chain } from './open-chain.ts';

const CLUSTER = 32768;

/** Images by what they have allocated; every one of its own content. */
function image(level: number, clusters: number, allocated: readonly number[]): Uint8Array {
  const bat = Array.from({ length: clusters }, (_, cluster) => allocated.indexOf(cluster) + 1);
  const bytes = imageBytes({ clusters }, bat, allocated.length);
  for (let place = 1; place <= allocated.length; place += 1)
    bytes.fill(level * 40 + place, place * CLUSTER, (place + 1) * CLUSTER);
  return bytes;
}

async function changes(older: Chain, newer: Chain): Promise<ChangedRange[]> {
  const ranges: ChangedRange[] = [];
  for await (const range of diffChains(older, newer)) ranges.push(range);
  return ranges;
}

const delta = fc.record({
  clusters: fc.integer({ min: 1, max: 12 }),
  order: fc.uniqueArray(fc.nat(11), { maxLength: 12 }),
});

test('what is not listed is equal, and a snapshot does not differ from itself', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(delta, { minLength: 2, maxLength: 5 }),
      fc.nat(4),
      fc.nat(4),
      fc.boolean(),
      async (deltas, one, other, isBranch) => {
        const sources = deltas.map(({ clusters, order }, level) => {
          const allocated = order.filter((cluster) => cluster < clusters);
          return memorySource(`d${String(level)}`, image(level, clusters, allocated));
        });
        const open = (end: number): Promise<Chain> =>
          openChain(sources.slice(0, (end % sources.length) + 1));
        const older = await open(one);
        const newer = isBranch
          ? await openChain([...sources.slice(0, 1), ...sources.slice(-1)])
          : await open(other);
        expect(await changes(older, older)).toEqual([]);

        const ranges = await changes(older, newer);
        const expected = Buffer.from(await newer.read(0, newer.size));
        const made = Buffer.alloc(newer.size);
        made.set(await older.read(0, Math.min(older.size, newer.size)));
        let at = -1;
        for (const { start, length, data } of ranges) {
          expect(start).toBeGreaterThanOrEqual(at);
          at = start + length;
          const now = expected.subarray(start, at);
          if (!data) expect(now.every((byte) => byte === 0)).toBe(true);
          made.set(now, start);
        }
        expect(made.equals(expected)).toBe(true);
      },
    ),
    { numRuns: 100 },
  );
});

test('a snapshot above differs where its own delta has clusters', async () => {
  const base = memorySource('base', image(0, 8, [0, 1, 2, 3]));
  const upper = memorySource('upper', image(1, 10, [9, 2, 3]));
  const [older, newer] = [await openChain([base]), await openChain([base, upper])];
  expect(await changes(older, newer)).toEqual([
    { start: 2 * CLUSTER, length: 2 * CLUSTER, data: true },
    { start: 9 * CLUSTER, length: CLUSTER, data: true },
  ]);
});

test('another branch can have nothing where there was data', async () => {
  const base = memorySource('base', image(0, 4, []));
  const older = await openChain([base, memorySource('one', image(1, 4, [1, 2]))]);
  const newer = await openChain([base, memorySource('other', image(2, 4, [2]))]);
  expect(await changes(older, newer)).toEqual([
    { start: CLUSTER, length: CLUSTER, data: false },
    { start: 2 * CLUSTER, length: CLUSTER, data: true },
  ]);
});

test('disks of different clusters are not compared', async () => {
  const older = await openChain([memorySource('a', imageBytes())]);
  const newer = await openChain([memorySource('b', imageBytes({ blockSize: 128 }))]);
  await expect(changes(older, newer)).rejects.toMatchObject({ code: 'CHAIN_CLUSTER_SIZE' });
});
