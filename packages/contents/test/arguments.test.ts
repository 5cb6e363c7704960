import { join } from 'node:path';

import { DescriptorError } from '@ploop/descriptor';
import { argumentFaults, temporaryDirectory } from '@ploop/test-kit';
import { hasDiskPrograms } from '@ploop/test-kit/programs';
import { expect, test } from 'vitest';

import { CONTENTS, FILE_SYSTEM, OPEN_FILE } from '../src/arguments.ts';
import * as api from '../src/index.ts';
import { sourceIn, withFileSystem } from './ext/image.ts';
import { run, runOwn } from './ext/programs.ts';

type AnyFunction = (...args: readonly unknown[]) => unknown;
type Rules = Parameters<typeof argumentFaults>[0]['rules'];

const { signal } = new AbortController();
let reads = 0;
const readAt = (): Promise<number> => {
  reads += 1;
  return Promise.resolve(0);
};

/** A right call of each exported function, with every option that it knows. */
const CALLS: Readonly<Record<keyof typeof CONTENTS, readonly unknown[]>> = {
  bytesOfName: ['name'],
  escapedName: ['name'],
  nameOfBytes: [Uint8Array.of(110, 255)],
  openFileSystem: [
    readAt,
    { size: 0, signal, replay: true } satisfies Required<api.OpenFileSystemOptions>,
  ],
  identify: [readAt, 4096],
  describeFileSystem: [readAt, 0, 4096],
  readPartitions: [readAt, 4096],
  unescapedName: ['na\\ me'],
};

/** A right call of each method of a file system. */
const METHODS: Readonly<Record<keyof typeof FILE_SYSTEM, readonly unknown[]>> = {
  list: ['/'],
  open: ['/file'],
  readLink: ['/link'],
  stat: ['/', { follow: true }],
  walk: ['/'],
  xattrs: ['/', { follow: false }],
};

async function outcomeOf(call: () => unknown): Promise<string> {
  try {
    const result: unknown = await call();
    if (typeof result === 'object' && result !== null && Symbol.asyncIterator in result)
      for await (const one of result as AsyncIterable<unknown>)
        if (one === undefined) return 'none';
    return 'done';
  } catch (error) {
    return error instanceof DescriptorError ? error.code : `untyped ${String(error)}`;
  }
}

const judged = (call: AnyFunction, args: readonly unknown[], rules: Rules) =>
  argumentFaults({
    ...{ run: call, args, rules, outcomeOf },
    refused: ['OPTION_INVALID'],
    witness: () => reads,
    // A function of the caller fails as it does.
    isSafe: (_args, _place, value) => typeof value !== 'function',
  });

const functions = Object.entries(api as Readonly<Record<string, unknown>>) as readonly (readonly [
  keyof typeof CONTENTS,
  AnyFunction,
])[];

test('every exported function has a row', () => {
  expect(Object.keys(CALLS).toSorted()).toEqual(functions.map(([name]) => name).toSorted());
  expect(Object.keys(CONTENTS).toSorted()).toEqual(Object.keys(CALLS).toSorted());
});

test.each(functions)('%s refuses wrong values', async (name, call) => {
  expect(await judged(call, CALLS[name], CONTENTS[name])).toEqual([]);
});

test.skipIf(!hasDiskPrograms)('methods refuse wrong values', async () => {
  const directory = await temporaryDirectory();
  const source = sourceIn(directory);
  runOwn('make_tree.py', source, '1', '5');
  run('sh', '-c', 'cd "$1" && echo text >file && ln -s file link', 'sh', source);
  const image = join(directory, 'image');
  run('mke2fs', '-q', '-t', 'ext4', '-d', source, image, '8M');
  await withFileSystem(image, async (fileSystem) => {
    for (const name of Object.keys(METHODS) as readonly (keyof typeof METHODS)[]) {
      const call = fileSystem[name] as AnyFunction;
      expect(await judged(call, METHODS[name], FILE_SYSTEM[name]), name).toEqual([]);
    }
    const file = await fileSystem.open('/file');
    const read = file.read as AnyFunction;
    expect(await judged(read, [0, 4], OPEN_FILE.read)).toEqual([]);
  });
});
