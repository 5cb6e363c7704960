import { expect, test } from 'vitest';

import {
  converse,
  exportsOf,
  GREETING_BYTES,
  HELLO,
  memoryDisk,
  option,
  optionReplies,
  packed,
  queriesOf,
  wantedOf,
} from './client.ts';

const exports = exportsOf(memoryDisk());
const [NAME, ABORT, LIST, TLS, INFO, GO, STRUCTURED, LIST_CONTEXTS, SET_CONTEXTS] = [
  1, 2, 3, 5, 6, 7, 8, 9, 10,
];
const [ACK, SERVER, INFORMS, CONTEXT] = [1, 2, 3, 4];
const [UNSUPPORTED, INVALID, UNKNOWN, TOO_BIG] = [1, 3, 6, 9].map((error) => error + 2 ** 31);

async function repliesTo(
  ...options: readonly Uint8Array[]
): Promise<readonly (readonly number[])[]> {
  const { output } = await converse(exports, Buffer.concat([HELLO, ...options]), 7);
  return optionReplies(output).map((reply) => [reply.option, reply.type]);
}

test('greets', async () => {
  const { output } = await converse(exports, HELLO);
  expect(output).toEqual(packed('NBDMAGIC', 'IHAVEOPT', [2, 3]));
});

test('ends the connection where the client breaks the protocol', async () => {
  for (const bytes of [
    packed([4, 4]),
    Buffer.concat([HELLO, packed('IHAVEOTP', [4, LIST], [4, 0])]),
    Buffer.concat([HELLO, packed('IHAVEOPT', [4, LIST], [4, 0xffff_ffff])]),
    Buffer.concat([HELLO, option(NAME, Buffer.from('nope'))]),
    Buffer.concat([HELLO, option(NAME, Buffer.alloc(5000, 0x61))]),
    Buffer.concat([HELLO, option(NAME, Buffer.from([0xff]))]),
    Buffer.concat([HELLO, packed('IHAVE')]),
    Buffer.concat([HELLO, packed('IHAVEOPT', [4, GO], [4, 100], 'half')]),
  ])
    expect((await converse(exports, bytes)).output).toHaveLength(GREETING_BYTES);
});

test('answers options', async () => {
  expect(
    await repliesTo(
      ...[option(TLS), option(4711, Buffer.alloc(9)), option(LIST), option(LIST, packed('x'))],
      ...[option(INFO, wantedOf('disk', 0, 1, 2, 3, 3, 99)), option(INFO, wantedOf('nope'))],
      ...[option(INFO), option(GO, packed([4, 9], 'x')), option(GO, packed([4, 0], [2, 5]))],
      ...[option(GO, Buffer.concat([wantedOf(''), packed('x')])), option(GO, Buffer.alloc(70_000))],
      ...[option(STRUCTURED, packed('x')), option(ABORT), option(LIST)],
    ),
  ).toEqual([
    ...[
      [TLS, UNSUPPORTED],
      [4711, UNSUPPORTED],
      [LIST, SERVER],
      [LIST, SERVER],
      [LIST, ACK],
    ],
    ...[
      [LIST, INVALID],
      [INFO, INFORMS],
      [INFO, INFORMS],
      [INFO, INFORMS],
      [INFO, INFORMS],
    ],
    ...[
      [INFO, ACK],
      [INFO, UNKNOWN],
      [INFO, INVALID],
      [GO, INVALID],
      [GO, INVALID],
    ],
    ...[
      [GO, INVALID],
      [GO, TOO_BIG],
      [STRUCTURED, INVALID],
      [ABORT, ACK],
    ],
  ]);
});

test('describes what it serves', async () => {
  const { output } = await converse(
    exports,
    Buffer.concat([HELLO, option(INFO, wantedOf('', 3, 1)), option(LIST)]),
  );
  const data = optionReplies(output).map((reply) => reply.data);
  expect(data[0]).toEqual(packed([2, 0], [8, 2 ** 20], [2, 1 + 2 + 256]));
  expect(data[1]).toEqual(packed([2, 3], [4, 1], [4, 4096], [4, 2 ** 25]));
  expect(data[2]).toEqual(packed([2, 1], 'disk'));
  expect(data[4]).toEqual(packed([4, 0], 'default'));
  expect(data[5]).toEqual(packed([4, 4], 'disk', 'a disk'));
});

test('has one metadata context, for structured replies', async () => {
  expect(
    await repliesTo(
      option(SET_CONTEXTS, queriesOf('', 'base:allocation')),
      option(STRUCTURED),
      option(LIST_CONTEXTS, queriesOf('')),
      option(LIST_CONTEXTS, queriesOf('', 'base:')),
      option(LIST_CONTEXTS, queriesOf('', 'qemu:')),
      option(SET_CONTEXTS, queriesOf('')),
      option(SET_CONTEXTS, queriesOf('', 'base:', 'x')),
      option(SET_CONTEXTS, queriesOf('', 'x', 'base:allocation')),
      option(SET_CONTEXTS, queriesOf('nope', 'base:allocation')),
      option(SET_CONTEXTS, packed([4, 0], [4, 0xffff_ffff])),
    ),
  ).toEqual([
    [SET_CONTEXTS, INVALID],
    [STRUCTURED, ACK],
    ...[
      [LIST_CONTEXTS, CONTEXT],
      [LIST_CONTEXTS, ACK],
    ],
    ...[
      [LIST_CONTEXTS, CONTEXT],
      [LIST_CONTEXTS, ACK],
    ],
    [LIST_CONTEXTS, ACK],
    [SET_CONTEXTS, ACK],
    [SET_CONTEXTS, ACK],
    ...[
      [SET_CONTEXTS, CONTEXT],
      [SET_CONTEXTS, ACK],
    ],
    [SET_CONTEXTS, UNKNOWN],
    [SET_CONTEXTS, INVALID],
  ]);
});

test('starts at once for old clients', async () => {
  const flags = 1 + 2 + 256;
  for (const [hello, zeroes] of [
    [HELLO, 0],
    [packed([4, 1]), 124],
    [packed([4, 0]), 124],
  ] as const) {
    const { output } = await converse(exports, Buffer.concat([hello, option(NAME)]));
    const expected = Buffer.concat([packed([8, 2 ** 20], [2, flags]), Buffer.alloc(zeroes)]);
    expect(output.subarray(GREETING_BYTES)).toEqual(expected);
  }
});

test('an export that cannot be opened is an error of the option', async () => {
  const broken = { list: [], open: () => Promise.reject(new Error('the disk is broken')) };
  const bytes = Buffer.concat([HELLO, option(GO, wantedOf('')), option(NAME)]);
  const { output, failures } = await converse(broken, bytes);
  expect(optionReplies(output)).toMatchObject([{ option: GO, type: UNKNOWN }]);
  expect(output.includes('the disk is broken')).toBe(true);
  expect(failures).toHaveLength(2);
});
