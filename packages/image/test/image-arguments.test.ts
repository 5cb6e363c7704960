import { bytes, DescriptorError, sectors } from '@ploop/descriptor';
import type { Rules } from '@ploop/descriptor/arguments';
import { HEADERS, READING } from '@ploop/descriptor/internal';
import { argumentFaults } from '@ploop/test-kit';
import { expect, test } from 'vitest';

import { CHAIN, IMAGE } from '../src/arguments.ts';
import * as image from '../src/index.ts';

/** What the library returned itself is replaced as a whole. */
class Returned {
  readonly isReturned = true;
}
const returned = (value: object): object => Object.assign(new Returned(), value);

const options = {
  version: 2,
  size: sectors(2048),
  blockSize: sectors(64),
} satisfies Required<image.NewImageOptions>;
const made = image.createImage(options);
const content = new Uint8Array(made.fileBytes);
content.set(made.header);

let written = 0;
const memory = image.memorySource('d0', content);
const source = {
  ...memory,
  readAtSync: () => 0,
  fd: 5,
  keepOpen: (work) => work(),
} satisfies Required<image.ImageSource>;
const target = {
  ...source,
  writeAt: () => {
    written += 1;
    return Promise.resolve();
  },
  sync: () => Promise.resolve(),
} satisfies image.ImageTarget;
const opened = await image.openChain([source]);
const chain = returned(opened);
const check = await image.checkImage(source);
const layout = {
  version: 2,
  clusterBytes: bytes(32768),
  size: bytes(2048 * 512),
  clusters: 32,
  entryBytes: bytes(32768),
  dataStart: bytes(32768),
  fileBytes: bytes(65536),
} satisfies image.ImageLayout;
const { signal } = new AbortController();
const range = { signal, start: 0, end: 512 } as const;
const stated = { mode: 'expanded', blockSize: sectors(64), size: sectors(2048) } as const;
const checked = { signal, deep: true, stored: bytes(65536) } as const;

const RULES: Readonly<Record<string, Rules>> = { ...HEADERS, ...IMAGE, ...READING };

/** A right call of each exported function, with every option that it knows. */
const CALLS: Readonly<Record<string, readonly unknown[]>> = {
  batPieces: [source, layout],
  checkChain: [[source], { ...checked, stated } satisfies Required<image.CheckChainOptions>],
  checkImage: [source, { ...checked, rawBase: false } satisfies Required<image.CheckImageOptions>],
  chunks: [chain, range],
  createDelta: [
    returned(check.description),
    'd0',
    { version: 2, blockSize: sectors(64) } satisfies Required<image.NewDeltaOptions>,
  ],
  createImage: [options],
  createWebStream: [chain, range],
  dataPieces: [
    chain,
    { ...range, pieceBytes: 65536, pieces: 2 } satisfies Required<image.PieceOptions>,
  ],
  describeImage: [source],
  diffChains: [chain, chain, { signal, isSame: () => true } satisfies Required<image.DiffOptions>],
  entryFault: ['d0', layout, 0, 1],
  extents: [chain, range satisfies Required<image.ExtentOptions>],
  hashChain: [chain, { update: () => undefined }, range],
  memorySource: ['d0', content],
  mergeDelta: [
    target,
    source,
    {
      signal,
      rawBase: false,
      resume: true,
      progress: () => undefined,
    } satisfies Required<image.MergeOptions>,
  ],
  openChain: [
    [source],
    {
      rawBase: false,
      openFile: () => Promise.resolve(source),
      snapshot: '1',
    } satisfies Required<image.ChainOptions>,
  ],
  parseImageHeader: [content, 'd0'],
  qemuChain: [
    chain,
    { output: 'disk.raw', socket: '/ploop.sock' } satisfies Required<image.QemuChainOptions>,
  ],
  readBat: [source, 0, 4],
  stateMark: [0],
  stepFaults: [{ step: 'merge', file: 'd1', into: 'd0' }, () => check],
};

type AnyFunction = (...args: readonly unknown[]) => unknown;
const functions = Object.entries(image as Readonly<Record<string, unknown>>).filter(
  (entry): entry is [string, AnyFunction] => typeof entry[1] === 'function',
);

test('every exported function has a row', () => {
  expect(Object.keys(CALLS).toSorted()).toEqual(functions.map(([name]) => name).toSorted());
  expect(Object.keys(RULES).toSorted()).toEqual(Object.keys(CALLS).toSorted());
});

/** What becomes of a call: `done`, the code of a typed error, or the untyped error. */
async function outcomeOf(run: () => unknown): Promise<string> {
  try {
    const result: unknown = await run();
    if (typeof result === 'object' && result !== null && Symbol.asyncIterator in result)
      for await (const one of result as AsyncIterable<unknown>) giveBack(one);
    return 'done';
  } catch (error) {
    if (error instanceof DescriptorError) return error.code;
    return `untyped ${String(error)}`;
  }
}

/** Pieces that are not given back are waited for. */
function giveBack(one: unknown): void {
  if (typeof one === 'object' && one !== null && 'release' in one)
    (one as image.DataPiece).release();
}

const judged = async (
  run: AnyFunction,
  args: readonly unknown[],
  rules: Rules,
): Promise<readonly string[]> =>
  argumentFaults({
    run,
    args,
    rules,
    outcomeOf,
    refused: ['OPTION_INVALID'],
    witness: () => written,
    // A function of the caller fails as it does.
    isSafe: (_args, _place, value) => typeof value !== 'function',
  });

test.each(functions)('%s refuses wrong values', async (name, run) => {
  expect(await judged(run, CALLS[name] ?? [], RULES[name] ?? {})).toEqual([]);
});

const METHODS: Readonly<Record<keyof typeof CHAIN, readonly unknown[]>> = {
  read: [0, 512],
  readInto: [new Uint8Array(512), 0],
  segments: [{ start: 0, end: 512 }],
};

test.each(Object.keys(METHODS) as readonly (keyof typeof CHAIN)[])(
  '%s of a chain refuses wrong values',
  async (name) => {
    const run = opened[name] as AnyFunction;
    expect(await judged(run, METHODS[name], CHAIN[name])).toEqual([]);
  },
);
