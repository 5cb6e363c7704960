import { execFileSync } from 'node:child_process';
import { createReadStream } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { buffer } from 'node:stream/consumers';

import { descriptorXml, imageBytes, temporaryDirectory } from '@ploop/test-kit';
import { expect, onTestFinished, test } from 'vitest';

import { openSnapshot, type Snapshot } from '../snapshot/open-snapshot.ts';
import { copySteps, type CopyStep } from './copy.ts';
import { exportSnapshot } from './export-snapshot.ts';
import type { Sink } from './sink.ts';
import { streamSink } from './stream-sink.ts';

const CLUSTER = 1 << 20;
const CLUSTERS = 64;

/** A disk of 64 MiB with data in clusters 0, 5 and 6 and in the last one: holes are longer than one write of zeros. */
async function disk(): Promise<{ directory: string; model: Buffer; snapshot: Snapshot }> {
  const directory = await temporaryDirectory();
  const held = [0, 5, 6, CLUSTERS - 1];
  const bat = Array.from({ length: CLUSTERS }, (_, cluster) => held.indexOf(cluster) + 1);
  const bytes = imageBytes({ clusters: CLUSTERS, blockSize: 2048 }, bat, held.length);
  const model = Buffer.alloc(CLUSTERS * CLUSTER);
  for (const [index, cluster] of held.entries())
    model.set(bytes.subarray((index + 1) * CLUSTER, (index + 2) * CLUSTER), cluster * CLUSTER);
  await writeFile(join(directory, 'd0'), bytes);
  await writeFile(join(directory, 'DiskDescriptor.xml'), descriptorXml([{}]));
  const snapshot = await openSnapshot(directory);
  onTestFinished(() => snapshot.close());
  return { directory, model, snapshot };
}

/** A stream that takes its time, with what it got and the most writes that waited at a time. */
function slow(highWaterMark: number): { stream: Writable; got: Buffer[]; most: () => number } {
  const got: Buffer[] = [];
  let most = 0;
  const stream = new Writable({
    highWaterMark,
    write: (chunk: Buffer, _encoding, callback) => {
      most = Math.max(most, stream.writableLength);
      got.push(chunk);
      setTimeout(callback, 1);
    },
  });
  return { stream, got, most: () => most };
}

test.each([{}, { hash: true }])('data behind a long hole stays behind it: %o', async (options) => {
  const { model, snapshot } = await disk();
  const { stream, got, most } = slow(1);
  await exportSnapshot(snapshot, stream, options);
  expect(model.equals(Buffer.concat(got))).toBe(true);
  // No more than one piece waits in the stream.
  expect(most()).toBeLessThanOrEqual(2 << 20);
});

test('data behind a long hole stays behind it in a pipe', async () => {
  const { directory, model, snapshot } = await disk();
  const pipe = join(directory, 'pipe');
  execFileSync('mkfifo', [pipe]);
  const [bytes] = await Promise.all([
    buffer(createReadStream(pipe)),
    exportSnapshot(snapshot, pipe),
  ]);
  expect(model.equals(bytes)).toBe(true);
});

test.each([
  [
    'out of order',
    async (sink: Sink) => {
      await sink.data(new Uint8Array(2), 0);
      await sink.data(new Uint8Array(2), 4);
    },
  ],
  [
    'twice',
    async (sink: Sink) => {
      await Promise.all([sink.zeros?.(0, 4 << 20), sink.data(new Uint8Array(2), 0)]);
    },
  ],
])('a target without positions refuses bytes that come %s', async (_how, write) => {
  const sink = streamSink(slow(1).stream, new AbortController().signal);
  await expect(write(sink)).rejects.toThrow('out of order');
});

test.each([
  { start: 0, end: 5 },
  { start: 1, end: 10 },
])(
  'steps that leave out a part of a disk fail where all of it must be written: %o',
  async ({ start, end }) => {
    async function* steps(): AsyncGenerator<CopyStep, void, undefined> {
      yield await Promise.resolve({ start, end, data: 0, copy: () => Promise.resolve() });
    }
    const { signal } = new AbortController();
    const options = { start: 0, size: 10, most: 8, reached: undefined, progress: () => 0, signal };
    const { failure } = await copySteps(steps(), { ...options, complete: true });
    expect(failure?.error).toMatchObject({
      message: expect.stringMatching('nothing is written') as unknown,
    });
    expect(await copySteps(steps(), { ...options, complete: false })).not.toHaveProperty('failure');
  },
);

test('a stream that closes without an error ends the export', async () => {
  const { snapshot } = await disk();
  const stream: Writable = new Writable({ write: () => stream.destroy() });
  await expect(exportSnapshot(snapshot, stream)).rejects.toMatchObject({
    code: 'FILE_UNWRITABLE',
    message: expect.stringContaining('closed') as unknown,
  });
});
