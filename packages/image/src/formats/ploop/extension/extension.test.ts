import { createHash } from 'node:crypto';

import { memorySource } from '@ploop/descriptor/internal';
import { imageBytes } from '@ploop/test-kit';
import { expect, test } from 'vitest';

import { checkImage } from '../../../check/check-image.ts';
import { describeImage } from '../../describe.ts';
import type { DescriptionResult } from '../../description.ts';

const CLUSTER = 32768;
const V21 = 0x312e3276;
const BITMAP = 0x20385fae252cb34an;

interface Element {
  readonly magic: bigint;
  readonly flags?: bigint;
  readonly data: Buffer;
  readonly bytes?: number;
}

function bitmap({
  size = 4096n,
  granularity = 128,
  tables = [0n],
  count = tables.length,
}: {
  size?: bigint;
  granularity?: number;
  tables?: readonly bigint[];
  count?: number;
} = {}): Element {
  const data = Buffer.alloc(32 + tables.length * 8);
  data.writeBigUInt64LE(size, 0);
  Buffer.from('000102030405060708090a0b0c0d0e0f', 'hex').copy(data, 8);
  data.writeUInt32LE(granularity, 24);
  data.writeUInt32LE(count, 28);
  for (const [index, table] of tables.entries()) data.writeBigUInt64LE(table, 32 + index * 8);
  return { magic: BITMAP, data };
}

function extended(elements: readonly Element[], mark = V21): Uint8Array {
  const bytes = Buffer.from(imageBytes({ mark, extension: 128n }, [], 3));
  const cluster = bytes.subarray(2 * CLUSTER, 3 * CLUSTER).fill(0);
  cluster.writeBigUInt64LE(0xab234cef23dcea87n, 0);
  let at = 24;
  for (const { magic, flags = 0n, data, bytes: length = data.length } of elements) {
    cluster.writeBigUInt64LE(magic, at);
    cluster.writeBigUInt64LE(flags, at + 8);
    cluster.writeUInt32LE(length, at + 16);
    data.copy(cluster, at + 24);
    at += 24 + data.length;
  }
  createHash('md5').update(cluster.subarray(24)).digest().copy(cluster, 8);
  return bytes;
}

const read = (bytes: Uint8Array): Promise<DescriptionResult> =>
  describeImage(memorySource('f', bytes));

test('the elements of an extension are listed, unknown ones too', async () => {
  const unknown = { magic: 7n, flags: 3n, data: Buffer.alloc(8) };
  expect(await read(extended([unknown, bitmap({ tables: [192n] })]))).toMatchObject({
    description: {
      extension: {
        offset: 2 * CLUSTER,
        state: 'valid',
        elements: [
          { kind: 'unknown', magic: 7n, necessary: true, transit: true, bytes: 8 },
          {
            kind: 'dirty-bitmap',
            id: '00010203-0405-0607-0809-0a0b0c0d0e0f',
            size: 4096n,
            granularity: 128,
            tables: { count: 1, clean: 0, dirty: 0 },
            necessary: false,
          },
        ],
      },
    },
    diagnostics: [{ code: 'EXTENSION_UNKNOWN', data: { magic: '0x7' } }],
  });
});

test('an unknown element that nobody needs, and any that nobody looks at, is not a finding', async () => {
  const optional = { magic: 7n, flags: 2n, data: Buffer.alloc(8) };
  expect((await read(extended([optional]))).diagnostics).toEqual([]);
  const necessary = { magic: 7n, flags: 1n, data: Buffer.alloc(8) };
  expect((await read(extended([necessary, bitmap({ size: 1n })], 0))).diagnostics).toEqual([]);
});

test('an extension where data are is said by a check of the table', async () => {
  const bytes = extended([bitmap()]);
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  view.setUint32(64 + 4 * 5, 2, true);
  const { diagnostics } = await checkImage(memorySource('f', bytes));
  expect(diagnostics).toContainEqual(
    expect.objectContaining({
      code: 'EXTENSION_INVALID',
      data: {
        file: 'f',
        offset: 2 * CLUSTER,
        reason: 'cluster 5 of the disk is there as well',
      },
    }),
  );
});

test.each([
  [0, 'stale'],
  [0x746f6e59, 'in-use'],
])('with mark %i it is %s', async (mark, state) => {
  expect(await read(extended([bitmap()], mark))).toMatchObject({
    description: { extension: { state, elements: [{ tables: { clean: 1 } }] } },
  });
});

test.each([
  [bitmap({ size: 1n }), 'size'],
  [bitmap({ granularity: 0 }), 'granularity'],
  [bitmap({ tables: [0n, 1n] }), 'length'],
  [bitmap({ tables: [10_000n] }), 'beyond'],
  [bitmap({ tables: [2n ** 63n] }), 'beyond'],
  [bitmap({ tables: [2n ** 64n - 1n] }), 'beyond'],
  [bitmap({ tables: [63n] }), 'before the data'],
  [bitmap({ size: 2n ** 64n - 1n }), 'size'],
  [bitmap({ granularity: 2 ** 32 - 1, tables: [], count: 1 }), 'longer'],
  [bitmap({ count: 2 ** 31 }), 'longer'],
])('a dirty bitmap that must not be used says so: %#', async (element, word) => {
  const fault = expect.stringContaining(word) as unknown;
  for (const mark of [V21, 0x746f6e59]) {
    const { description, diagnostics } = await read(extended([element], mark));
    expect(description).toMatchObject({ extension: { elements: [{ fault }] } });
    expect(diagnostics).toMatchObject([{ code: 'EXTENSION_INVALID', data: { reason: fault } }]);
  }
});

test.each<[string, (bytes: Uint8Array) => Uint8Array]>([
  ['signature', (bytes) => (bytes.fill(1, 2 * CLUSTER, 2 * CLUSTER + 1), bytes)],
  ['checksum', (bytes) => (bytes.fill(1, 3 * CLUSTER - 1), bytes)],
  ['beyond the end', (bytes) => bytes.subarray(0, 3 * CLUSTER - 1)],
])('a damaged extension is a finding, and the image is still read: %s', async (reason, damage) => {
  expect(await read(damage(extended([bitmap()])))).toMatchObject({
    description: { layout: { clusters: 64 }, extension: { state: 'damaged' } },
    diagnostics: [
      { code: 'EXTENSION_INVALID', data: { reason: expect.stringContaining(reason) as unknown } },
    ],
  });
});

test.each([
  ['longer than the cluster', [{ magic: 7n, data: Buffer.alloc(8), bytes: 2 ** 32 - 1 }]],
  ['more than 256', Array.from({ length: 300 }, () => ({ magic: 7n, data: Buffer.alloc(0) }))],
  ['too short', [{ magic: BITMAP, data: Buffer.alloc(24) }]],
])('elements that are %s', async (reason, elements) => {
  expect(await read(extended(elements))).toMatchObject({
    description: { extension: { state: 'damaged' } },
    diagnostics: [{ data: { reason: expect.stringContaining(reason) as unknown } }],
  });
});
