import { memorySource, type ImageSource } from '@ploop/descriptor/internal';
import { imageBytes, sample } from '@ploop/test-kit';
import { memoryTarget, written, type Operation } from '@ploop/test-kit/disks/memory-target';
import fc from 'fast-check';
import { expect, test } from 'vitest';

import { openChain } from '../src/chain/open-chain.ts';
import { mergeDelta } from '../src/write/merge-delta.ts';

const SECTOR = 512;
const CLUSTER = 64;

const image = (clusters: number): fc.Arbitrary<readonly number[]> =>
  fc.uniqueArray(fc.nat(clusters - 1), { maxLength: 5 });

/** Two images by the virtual clusters that each has; the upper one can have a longer BAT. */
const pair = fc
  .record({
    version: fc.constantFrom<1 | 2>(1, 2),
    clusters: fc.integer({ min: 1, max: 30 }),
    grown: fc.oneof(fc.constant(0), fc.integer({ min: 1, max: 40 }), fc.constant(17_000)),
  })
  .chain(({ clusters, grown, version }) =>
    fc.record({
      version: fc.constant(version),
      lowerClusters: fc.constant(clusters),
      upperClusters: fc.constant(clusters + grown),
      lower: image(clusters),
      upper: image(clusters + grown),
      lost: fc.infiniteStream(fc.nat(1000)),
    }),
  );

function made(
  version: 1 | 2,
  clusters: number,
  allocated: readonly number[],
  fill: number,
): Uint8Array {
  const header = Math.ceil((64 + 4 * clusters) / (CLUSTER * SECTOR));
  const bat = Array.from({ length: clusters }, (_, index) => {
    const place = allocated.indexOf(index);
    return place === -1 ? 0 : (header + place) * (version === 1 ? CLUSTER : 1);
  });
  const bytes = imageBytes({ version, blockSize: CLUSTER, clusters }, bat, allocated.length);
  for (const [index] of allocated.entries())
    bytes.fill(
      fill + index,
      (header + index) * CLUSTER * SECTOR,
      (header + index + 1) * CLUSTER * SECTOR,
    );
  return bytes;
}

/** What is on the disk after a crash: what was synced, and of the rest any sectors. */
function afterCrash(
  initial: Uint8Array,
  operations: readonly Operation[],
  lost: (limit: number) => number,
): Uint8Array {
  const synced = operations.lastIndexOf('sync') + 1;
  let content: Uint8Array = initial.slice();
  for (const [index, operation] of operations.entries()) {
    if (operation === 'sync') continue;
    const { bytes, position } = operation;
    const whole = index < synced;
    const sectors = Math.ceil(bytes.length / SECTOR);
    const kept = whole ? bytes.length : Math.min(bytes.length, lost(sectors + 1) * SECTOR);
    content = written(content, bytes.subarray(0, kept), position);
  }
  return content;
}

/** The first byte of each cluster that any of the images has, and which clusters have data. */
async function view(
  sources: readonly ImageSource[],
  clusters: readonly number[],
): Promise<readonly (readonly number[])[]> {
  const chain = await openChain(sources);
  const read: (readonly number[])[] = [];
  for (const cluster of clusters) {
    const bytes = await chain.read(cluster * chain.clusterBytes, chain.clusterBytes);
    read.push([cluster, ...new Set(bytes)]);
  }
  const allocated = new Set<number>();
  for await (const segments of chain.segments())
    for (const { start, length, layer } of segments)
      if (layer !== -1)
        for (let at = start; at < start + length; at += chain.clusterBytes)
          allocated.add(at / chain.clusterBytes);
  return [...read, [...allocated].sort((one, other) => one - other), [chain.size]];
}

test('a merge can crash at each write and be done again', async () => {
  let crashes = 0;
  await fc.assert(
    fc.asyncProperty(pair, async (of) => {
      const { version, lowerClusters, upperClusters, lost } = of;
      const lower = made(version, lowerClusters, of.lower, 1);
      const upper = memorySource('upper', made(version, upperClusters, of.upper, 101));
      const clusters = [...new Set([...of.lower, ...of.upper, 0])];
      const before = await view([memorySource('lower', lower), upper], clusters);
      const target = memoryTarget('lower', lower);
      await mergeDelta(target, upper);
      expect(await view([memorySource('lower', target.content())], clusters)).toEqual(before);

      const next = (limit: number): number => Number(lost.next().value) % limit;
      for (const [count] of target.operations.entries()) {
        const crashed = afterCrash(lower, target.operations.slice(0, count), next);
        const state = memorySource('lower', crashed);
        expect(await view([state, upper], clusters)).toEqual(before);
        const again = memoryTarget('lower', crashed);
        await mergeDelta(again, upper, { resume: true });
        expect(await view([memorySource('lower', again.content())], clusters)).toEqual(before);
        crashes += 1;
      }
    }),
    sample('crashed merges', 5),
  );
  console.info(`crashes: ${String(crashes)}`);
});
