import { memorySource, type ImageSource } from '@ploop/descriptor/internal';
import { imageBytes } from '@ploop/test-kit';
import { expect, test } from 'vitest';

import { describeImage } from '../../describe.ts';
import type { ImageLayout } from '../layout.ts';
import { batPieces, nextAllocated, readBat, type BatPiece } from './bat.ts';
import { entryFault } from './entry.ts';

async function opened(
  ...image: Parameters<typeof imageBytes>
): Promise<{ source: ImageSource; layout: ImageLayout }> {
  const source = memorySource('f', imageBytes(...image));
  const { description } = await describeImage(source);
  if (description.format !== 'ploop' || description.layout === undefined)
    throw new Error('not readable');
  return { source, layout: description.layout };
}

test('entries come as they are stored', async () => {
  const { source } = await opened({}, [0, 2, 0, 1, 0xffff_ffff], 2);
  expect([...(await readBat(source, 1, 4))]).toEqual([2, 0, 1, 0xffff_ffff]);
});

test('a BAT comes in pieces, whole', async () => {
  const bat = Array.from({ length: 40_000 }, (_, index) => index);
  const { source, layout } = await opened({ clusters: 40_000 }, bat, 0);
  const pieces: BatPiece[] = [];
  for await (const piece of batPieces(source, layout)) pieces.push(piece);
  expect(pieces.map(({ first, entries }) => [first, entries.length])).toEqual([
    [0, 16_384],
    [16_384, 16_384],
    [32_768, 7_232],
  ]);
  expect(pieces.flatMap(({ entries }) => [...entries])).toEqual(bat);
});

test('the next entry is found however far away it is', async () => {
  const clusters = 2_000_000;
  const bytes = imageBytes({ clusters, size: BigInt(clusters) * 64n });
  const table = new DataView(bytes.buffer, 64);
  const source = memorySource('f', bytes);
  for (const at of [0, 16_383, 491_519, 491_520, 753_663, 753_664, 1_999_998, 1_999_999]) {
    table.setUint32(4 * at, 1, true);
    expect(await nextAllocated(source, 0, clusters)).toBe(at);
    expect(await nextAllocated(source, at, clusters)).toBe(at);
    expect(await nextAllocated(source, 0, at)).toBe(at);
    expect(await nextAllocated(source, at + 1, clusters)).toBe(clusters);
    table.setUint32(4 * at, 0, true);
  }
});

test('a search that is stopped, or cannot read on, leaves no read under way', async () => {
  let [reads, open] = [0, 0];
  const stop = new AbortController();
  const source = (failing: number): ImageSource => ({
    ...memorySource('f', new Uint8Array(0)),
    readAt: async (target) => {
      reads += 1;
      open += 1;
      if (reads === 12) stop.abort(new Error('enough'));
      const isFailing = reads === failing;
      await new Promise((resolve) => setTimeout(resolve, 1));
      open -= 1;
      if (isFailing) throw new Error('EIO');
      return target.length;
    },
  });
  const most = 2 ** 24;
  await expect(nextAllocated(source(0), 0, most, stop.signal)).rejects.toThrow('enough');
  expect(open).toBe(0);
  reads = 20;
  await expect(nextAllocated(source(30), 0, most)).rejects.toMatchObject({
    code: 'FILE_UNREADABLE',
  });
  expect(open).toBe(0);
});

test.each([
  [1, 0, undefined],
  [1, 64, undefined],
  [1, 128, undefined],
  [1, 1, 'CLUSTER_BEFORE_DATA'],
  [1, 65, 'CLUSTER_MISALIGNED'],
  [1, 192, 'CLUSTER_BEYOND_END'],
  [1, 129, 'CLUSTER_BEYOND_END'],
  [2, 2, undefined],
  [2, 3, 'CLUSTER_BEYOND_END'],
  [2, 0xffff_ffff, 'CLUSTER_BEYOND_END'],
] as const)('version %i, entry %i: %s', async (version, entry, code) => {
  const { layout } = await opened({ version }, [], 2);
  expect(entryFault('f', layout, 5, entry)?.code).toBe(code);
});
