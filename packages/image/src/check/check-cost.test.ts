import { bytes as toByteCount } from '@ploop/descriptor';
import type { ImageSource } from '@ploop/descriptor/internal';
import { imageBytes } from '@ploop/test-kit';
import { expect, test } from 'vitest';

import { checkImage } from './check-image.ts';

const CLUSTER = 32_768;
const CLUSTERS = 5_000_000;
const TABLE = 64 + 4 * CLUSTERS;

/** An image whose table and data are holes, which counts what is read of it. */
function holes(dataBytes: number): {
  readonly source: ImageSource;
  readonly counts: { table: number; reads: number };
} {
  const firstBlock = Math.ceil(TABLE / CLUSTER) * 64;
  const size = BigInt(CLUSTERS) * 64n;
  const options = { version: 2, clusters: 1, firstBlock: 64, size, flags: 1 } as const;
  const header = imageBytes(options).slice(0, 64);
  const view = new DataView(header.buffer);
  view.setUint32(32, CLUSTERS, true);
  view.setUint32(48, firstBlock, true);
  const counts = { table: 0, reads: 0 };
  const source: ImageSource = {
    file: 'f',
    bytes: toByteCount(firstBlock * 512 + dataBytes),
    readAt: (target, position) => {
      counts.reads += 1;
      if (position < TABLE) counts.table += target.length;
      target.fill(0);
      if (position < 64) target.set(header.subarray(position, position + target.length));
      return Promise.resolve(target.length);
    },
  };
  return { source, counts };
}

test('a table of holes is read once, and the data after it a bounded number of times', async () => {
  const { source, counts } = holes(2 ** 31);
  const { diagnostics } = await checkImage(source);
  expect(diagnostics.map(({ code }) => code)).toEqual(['CLUSTERS_UNUSED']);
  expect(counts.table).toBeLessThan(1.1 * TABLE);
  // 64 MiB in pieces of 4 KiB, and the table.
  expect(counts.reads).toBeLessThan(16_384 + 100);
});
