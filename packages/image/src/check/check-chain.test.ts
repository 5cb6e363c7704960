import { sectors } from '@ploop/descriptor';
import { memorySource, type ImageSource } from '@ploop/descriptor/internal';
import { imageBytes, type HeaderFields } from '@ploop/test-kit';
import { expect, test } from 'vitest';

import { checkChain, type CheckChainOptions, type StatedDisk } from './check-chain.ts';

const image = (header: HeaderFields = {}, bat: readonly number[] = []): ImageSource =>
  memorySource('f', imageBytes({ flags: bat.length === 0 ? 1 : 0, ...header }, bat));
const raw = memorySource('raw', new Uint8Array(64 * 64 * 512).fill(7));
const stated = (changes: Partial<StatedDisk> = {}): StatedDisk => ({
  mode: 'expanded',
  blockSize: sectors(64),
  size: sectors(64 * 64),
  ...changes,
});

async function codes(
  sources: readonly ImageSource[],
  options?: CheckChainOptions,
): Promise<readonly string[]> {
  const { diagnostics } = await checkChain(sources, options);
  return diagnostics.map(({ code }) => code);
}

test('images that fit each other and the descriptor', async () => {
  expect(await codes([image(), image(), image()], { stated: stated() })).toEqual([]);
  expect(await codes([raw, image()], { stated: stated({ mode: 'raw' }) })).toEqual([]);
  expect(await codes([raw, image()])).toEqual([]);
});

test.each<[string, readonly ImageSource[], Partial<StatedDisk>, readonly string[]]>([
  ['a raw file above another', [image(), raw], {}, ['HEADER_INVALID']],
  ['a raw base of a disk that has none', [raw, image()], {}, ['HEADER_INVALID']],
  [
    'an image at the base of a raw disk',
    [image(), image()],
    { mode: 'raw' },
    ['BASE_NOT_RAW', 'BASE_SHORTER'],
  ],
  [
    'other clusters above',
    [image(), image({ blockSize: 128, clusters: 32 })],
    {},
    ['BLOCK_SIZE_DIFFERS', 'CHAIN_CLUSTER_SIZE'],
  ],
  ['another version above', [image({ version: 1 }), image()], {}, ['CHAIN_VERSION']],
  ['a smaller one above', [image({ clusters: 80 }), image()], {}, ['CHAIN_SHRUNK']],
  ['another size', [image()], { size: sectors(1) }, ['DISK_SIZE_DIFFERS']],
  ['another cluster size', [image()], { blockSize: sectors(128) }, ['BLOCK_SIZE_DIFFERS']],
  ['a lower image in use', [image({ mark: 0x746f6e59 }), image()], {}, ['IMAGE_IN_USE']],
])('%s', async (_name, sources, changes, expected) => {
  expect(await codes(sources, { stated: stated(changes) })).toEqual(expected);
});

test('each image keeps what is wrong with itself', async () => {
  const { images } = await checkChain([image(), image({}, [1, 1])]);
  expect(images.map(({ diagnostics }) => diagnostics.map(({ code }) => code))).toEqual([
    [],
    ['CLUSTER_SHARED', 'CLUSTERS_UNUSED'],
  ]);
  expect(images[1]?.usage).toEqual({ allocated: 2, used: 1, data: 2, extension: 0, unused: 1 });
});

test('without the tables', async () => {
  expect(await codes([image({}, [1, 1])], { deep: false })).toEqual([]);
});

test('a check can be ended', async () => {
  const reason = new Error('enough');
  const signal = AbortSignal.abort(reason);
  await expect(checkChain([image()], { signal })).rejects.toBe(reason);
});
