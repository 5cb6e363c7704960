import { sample } from '@ploop/test-kit';
import fc from 'fast-check';
import { expect, test } from 'vitest';

import { NbdError, type ServedDisk } from '../../src/serve/protocol/served-disk.ts';
import {
  answers,
  converse,
  exportsOf,
  HELLO,
  memoryDisk,
  option,
  packed,
  queriesOf,
  request,
  wantedOf,
  type Answer,
} from './client.ts';

const [READ, WRITE, DISCONNECT, FLUSH, TRIM, ZEROES, STATUS] = [0, 1, 2, 3, 4, 6, 7];
const [FUA, DONT_FRAGMENT, ONE] = [1, 4, 8];
const [EPERM, EIO, EINVAL, ENOSPC, EOVERFLOW] = [1, 5, 22, 28, 75] as const;
const [NONE, DATA, HOLE, BLOCK_STATUS, FAILED] = [0, 1, 2, 5, 0x8001];
const QUARTER = 2 ** 18;

const GO = option(7, wantedOf(''));
const STRUCTURED = [HELLO, option(8), option(10, queriesOf('', 'base:allocation')), GO];

/** What a server answers to requests. */
async function answersTo(
  disk: ServedDisk,
  requests: readonly Uint8Array[],
  opening: readonly Uint8Array[] = STRUCTURED,
): Promise<readonly Answer[]> {
  const before = await converse(exportsOf(disk), Buffer.concat(opening));
  const bytes = Buffer.concat([...opening, ...requests]);
  const { output } = await converse(exportsOf(disk), bytes, 1000);
  return answers(output.subarray(before.output.length));
}

/** A disk whose changes are made in memory, and counted. */
function writable(): ServedDisk & { readonly bytes: Buffer; readonly done: string[] } {
  const disk = memoryDisk();
  const done: string[] = [];
  return {
    ...disk,
    done,
    writes: {
      write: (bytes, position) => {
        disk.bytes.set(bytes, position);
        done.push('write');
        return Promise.resolve();
      },
      zero: ({ start, end }) => {
        disk.bytes.fill(0, start, end);
        done.push('zero');
        return Promise.resolve();
      },
      flush: () => {
        done.push('flush');
        return Promise.resolve();
      },
    },
  };
}

test('reads in chunks, with holes', async () => {
  const disk = memoryDisk();
  const [data, hole, more] = await answersTo(disk, [request(READ, 4, 2 ** 19)]);
  expect(data).toMatchObject({ type: DATA, isDone: false });
  expect(data?.data.subarray(8).equals(disk.bytes.subarray(4, QUARTER))).toBe(true);
  expect(hole).toMatchObject({ type: HOLE, data: packed([8, QUARTER], [4, QUARTER]) });
  expect(more).toMatchObject({ type: DATA, isDone: true });
  expect(more?.data).toEqual(
    Buffer.concat([packed([8, 2 ** 19]), disk.bytes.subarray(2 ** 19, 2 ** 19 + 4)]),
  );
  const nothing = await answersTo(disk, [request(READ, 5, 0)]);
  expect(nothing).toMatchObject([{ type: NONE, isDone: true }]);
});

test('reads in one chunk if asked to', async () => {
  const disk = memoryDisk();
  const [all, ...rest] = await answersTo(disk, [request(READ, 0, disk.size, DONT_FRAGMENT)]);
  expect(all).toMatchObject({ type: DATA, isDone: true });
  expect(all?.data.subarray(8).equals(disk.bytes)).toBe(true);
  expect(rest).toEqual([]);
});

test('reads simply', async () => {
  const disk = memoryDisk();
  const opening = Buffer.concat([HELLO, GO]);
  const before = (await converse(exportsOf(disk), opening)).output.length;
  const bytes = Buffer.concat([opening, request(READ, 3, 500_000), request(READ, 2 ** 20, 1)]);
  const { output } = await converse(exportsOf(disk), bytes);
  const sent = output.subarray(before);
  const refused = packed([4, 0x67446698], [4, EINVAL], [8, READ]);
  const whole = [packed([4, 0x67446698], [4, 0], [8, READ]), disk.bytes.subarray(3, 500_003)];
  // Answers come as they are ready.
  expect([
    Buffer.concat([...whole, refused]).equals(sent),
    Buffer.concat([refused, ...whole]).equals(sent),
  ]).toContain(true);
});

test('reports the block status', async () => {
  const runs = (answer: Answer | undefined): readonly number[] =>
    Array.from(
      { length: ((answer?.data.length ?? 4) - 4) / 4 },
      (_, index) => answer?.data.readUInt32BE(4 + 4 * index) ?? 0,
    );
  const [all, one] = await answersTo(memoryDisk(), [
    request(STATUS, 1000, 2 ** 20 - 1000),
    request(STATUS, QUARTER, QUARTER * 2, ONE),
  ]);
  expect(all).toMatchObject({ type: BLOCK_STATUS, isDone: true });
  expect(runs(all)).toEqual([QUARTER - 1000, 0, QUARTER, 3, 2 * QUARTER, 0]);
  expect(runs(one)).toEqual([QUARTER, 3]);
});

test('what cannot be said of a range is said to be data', async () => {
  const status = (): Promise<never> => Promise.reject(new Error('damaged'));
  const [answer] = await answersTo(memoryDisk({ status }), [request(STATUS, 0, 5000)]);
  expect(answer?.data).toEqual(packed([4, 1], [4, 5000], [4, 0]));
});

test('refuses what is not allowed', async () => {
  const disk = memoryDisk();
  const calls = [
    [EPERM, request(WRITE, 0, 5, 0, Buffer.alloc(5))],
    [EPERM, request(WRITE, 0, 100_000, 0, Buffer.alloc(100_000))],
    [EPERM, request(TRIM, 0, 5)],
    [EPERM, request(ZEROES, 0, 5)],
    [EINVAL, request(READ, disk.size, 1)],
    [EINVAL, request(READ, 2n ** 64n - 1n, 1)],
    [EINVAL, request(READ, 0, 1, 0x8000)],
    [EINVAL, request(STATUS, 0, 0)],
    [EINVAL, request(STATUS, 0, 2 ** 32 - 1)],
    [EINVAL, request(5, 0, 0)],
    [EINVAL, request(99, 0, 0)],
  ] as const;
  for (const [error, call] of calls) {
    const [first, ...rest] = await answersTo(disk, [call]);
    expect(first).toMatchObject({ type: FAILED, isDone: true, error });
    expect(rest).toEqual([]);
  }
  const large = memoryDisk({ size: 2 ** 40 });
  expect(await answersTo(large, [request(READ, 0, 2 ** 25 + 1)])).toMatchObject([
    { error: EINVAL },
  ]);
  expect(await answersTo(large, [request(READ, 0, 2 ** 25 + 1, DONT_FRAGMENT)])).toMatchObject([
    { error: EOVERFLOW },
  ]);
  const plain = [HELLO, option(8), GO];
  expect(await answersTo(disk, [request(STATUS, 0, 5)], plain)).toMatchObject([{ error: EINVAL }]);
});

test('writes, and waits for stable storage if asked to', async () => {
  const disk = writable();
  const data = Buffer.alloc(700_000, 7);
  const replies = await answersTo(disk, [
    request(WRITE, 100_000, data.length, FUA, data),
    request(ZEROES, 200_000, 1000),
    request(TRIM, 300_000, 1000, FUA),
    request(FLUSH, 0, 0),
    request(WRITE, disk.size - 1, 2, 0, Buffer.alloc(2)),
    request(WRITE, 0, 0),
  ]);
  expect(replies.map(({ cookie, error }) => [cookie, error]).toSorted()).toEqual([
    ...[
      [WRITE, 0],
      [WRITE, 0],
      [WRITE, ENOSPC],
      [FLUSH, 0],
      [TRIM, 0],
      [ZEROES, 0],
    ],
  ]);
  expect(disk.bytes.subarray(100_000, 200_000).equals(data.subarray(0, 100_000))).toBe(true);
  expect(disk.bytes.subarray(200_000, 201_000).equals(Buffer.alloc(1000))).toBe(true);
  expect(disk.done.filter((one) => one === 'flush')).toHaveLength(3);
});

test('errors of the disk are errors of the request, and the next one is answered', async () => {
  const readInto = (): Promise<never> => Promise.reject(new Error('the cluster is damaged'));
  const full = (): Promise<never> => Promise.reject(new NbdError(ENOSPC, 'full'));
  const writes = { write: full, zero: full, flush: () => Promise.resolve() };
  const disk = memoryDisk({ readInto, writes });
  const requests = [
    request(READ, 0, 5),
    request(WRITE, 0, 5, 0, packed('12345')),
    request(ZEROES, 0, 5),
  ];
  const replies = await answersTo(disk, [...requests, request(READ, QUARTER, QUARTER)]);
  expect(replies.map(({ cookie, error }) => [cookie, error]).toSorted()).toEqual(
    [
      ...[
        [READ, undefined],
        [READ, EIO],
        [WRITE, ENOSPC],
        [ZEROES, ENOSPC],
      ],
    ].toSorted(),
  );
  expect(replies.find(({ error }) => error === EIO)?.data.toString()).toContain('damaged');
});

test('a client that leaves, or sends garbage, ends its connection alone', async () => {
  const disk = writable();
  const half = request(WRITE, 0, 1000, 0, Buffer.alloc(10));
  for (const last of [request(DISCONNECT, 0, 0), Buffer.alloc(28, 1), Buffer.alloc(3), half]) {
    const replies = await answersTo(disk, [request(READ, 0, 5), last]);
    expect(replies).toMatchObject([{ type: DATA, isDone: true }]);
  }
});

test('any bytes are answered or end the connection', async () => {
  const bytes = fc.uint8Array({ maxLength: 200 });
  const number = fc.nat({ max: 2 ** 32 - 1 });
  const part = fc.oneof(
    bytes,
    fc.tuple(fc.nat(12), bytes).map(([kind, data]) => option(kind, data)),
    fc
      .tuple(
        fc.nat(9),
        fc.oneof(fc.nat(2 ** 21), number),
        fc.oneof(fc.nat(9), fc.nat(2 ** 20), number),
        fc.nat(31),
        bytes,
      )
      .map(([kind, at, length, flags, data]) => request(kind, at, length, flags, data)),
  );
  const opening = fc.constantFrom([], [HELLO], [HELLO, GO], STRUCTURED);
  await fc.assert(
    fc.asyncProperty(
      opening,
      fc.array(part, { maxLength: 8 }),
      fc.integer({ min: 1, max: 4000 }),
      async (start, parts, chunk) => {
        const { failures } = await converse(
          exportsOf(writable()),
          Buffer.concat([...start, ...parts]),
          chunk,
        );
        expect(failures).toEqual([]);
      },
    ),
    sample('hostile clients', 100),
  );
});
