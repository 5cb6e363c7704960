import { memorySource, type ImageSource } from '@ploop/descriptor/internal';
import { imageBytes } from '@ploop/test-kit';
import { expect, test } from 'vitest';

import { describeImage } from '../formats/describe.ts';
import type { ImageLayout } from '../formats/layout.ts';
import { batPieces, readBat, type BatPiece } from './bat.ts';
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
