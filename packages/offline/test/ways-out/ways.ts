import { createHash } from 'node:crypto';
import { closeSync, openSync, readSync, writeSync } from 'node:fs';
import { open, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { PassThrough, Writable } from 'node:stream';
import { buffer } from 'node:stream/consumers';

import { DescriptorError } from '@ploop/descriptor';
import { hasLoop, withLoopDevice } from '@ploop/test-kit/loop';

import { copySnapshot } from '../../src/export/copy-snapshot.ts';
import { deviceSink } from '../../src/export/device-sink.ts';
import type { ExportOptions } from '../../src/export/export-options.ts';
import { exportSnapshot } from '../../src/export/export-snapshot.ts';
import { pipeSink } from '../../src/export/pipe-sink.ts';
import type { Sink } from '../../src/export/sink.ts';
import { characterSink, streamSink } from '../../src/export/stream-sink.ts';
import type { Snapshot } from '../../src/snapshot/open-snapshot.ts';
import { inspectToStdout, throughFifo, throughPipe } from './readers.ts';

/** A disk on its way out. */
export interface Given {
  readonly snapshot: Snapshot;
  /** What it reads as. */
  readonly model: Buffer;
  /** For files that the way needs. */
  readonly directory: string;
  /** A number from 0 to below `end`. */
  readonly random: (end: number) => number;
}

/** A way out of a disk; rejects where it has other bytes than the model. */
type Way = (given: Given) => Promise<void>;

const OLD = 0xee;

function expectModel({ model }: Given, bytes: Uint8Array, start = 0): void {
  const expected = model.subarray(start, start + bytes.length);
  if (Buffer.compare(expected, bytes) === 0) return;
  const at = expected.findIndex((byte, index) => byte !== bytes[index]);
  throw new Error(`byte ${String(start + at)} differs, of ${String(bytes.length)} bytes`);
}

function expectAll(given: Given, bytes: Uint8Array): void {
  if (bytes.length !== given.model.length)
    throw new Error(`${String(bytes.length)} bytes instead of ${String(given.model.length)}`);
  expectModel(given, bytes);
}

const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

function expectHash(hash: string | undefined, bytes: Uint8Array): void {
  if (hash !== sha256(bytes)) throw new Error(`the hash is ${String(hash)}`);
}

function file(options: ExportOptions): Way {
  return async (given) => {
    const target = join(given.directory, 'file');
    const { size, sha256: hash } = await exportSnapshot(given.snapshot, target, options);
    if (size !== given.model.length) throw new Error(`the size is ${String(size)}`);
    if (options.hash === true) expectHash(hash, given.model);
    expectAll(given, await readFile(target));
    await rm(target);
  };
}

/** Stops an export at random places, and goes on. */
const resumed: Way = async (given) => {
  const { snapshot, model, directory, random } = given;
  const target = join(directory, 'resumed');
  const sparse = random(2) === 0;
  for (let stops = 1 + random(3); stops > 0; stops -= 1) {
    const stop = new AbortController();
    const limit = random(model.length);
    const exported = exportSnapshot(snapshot, target, {
      ...{ sparse, threads: random(2) === 0, signal: stop.signal },
      progress: ({ position }) => {
        if (position >= limit) stop.abort(new Error('enough'));
      },
    });
    await exported.catch((error: unknown) => {
      if (error !== stop.signal.reason) throw error;
    });
  }
  const options = { sparse, threads: random(2) === 0, verify: random(2) === 0 };
  const { sha256: hash } = await exportSnapshot(snapshot, target, { ...options, hash: true });
  expectHash(hash, model);
  expectAll(given, await readFile(target));
  await rm(target);
};

/** A verification must find the one byte that is changed before it, wherever that is. */
const spoilt: Way = async ({ snapshot, model, directory, random }) => {
  const target = join(directory, 'spoilt');
  const at = random(model.length);
  let isDone = false;
  const exported = exportSnapshot(snapshot, target, {
    ...{ verify: true, sparse: random(2) === 0, threads: random(2) === 0 },
    progress: ({ position }) => {
      if (position < model.length || isDone) return;
      isDone = true;
      const fd = openSync(`${target}.part`, 'r+');
      writeSync(fd, Buffer.of((model[at] ?? 0) ^ 0x40), 0, 1, at);
      closeSync(fd);
    },
  });
  const failure = await exported.then(
    () => undefined,
    (error: unknown) => (error instanceof DescriptorError ? error.diagnostics[0] : undefined),
  );
  if (failure?.code !== 'EXPORT_DIFFERS' || failure.data.position !== at)
    throw new Error(
      `the change of byte ${String(at)} is not found: ${failure?.code ?? 'no error'}`,
    );
};

/** A block device is a file of old bytes here, larger than the disk, where none can be had. */
function device(options: ExportOptions): Way {
  return async (given) => {
    const { snapshot, model, directory } = given;
    const backing = join(directory, 'device');
    await writeFile(backing, Buffer.alloc(model.length + 4096, OLD));
    const write = async (path: string): Promise<void> => {
      await exportSnapshot(snapshot, path, options);
    };
    if (hasLoop) await withLoopDevice(backing, write);
    else await steps(await deviceSink(backing, model.length), given);
    const bytes = await readFile(backing);
    expectAll(given, bytes.subarray(0, model.length));
    if (bytes.subarray(model.length).some((byte) => byte !== OLD))
      throw new Error('it writes beyond the disk');
    await rm(backing);
  };
}

/** Copies to a sink with 1 to 8 pieces under way. */
async function steps(sink: Sink, { snapshot, random }: Given, threads = false): Promise<void> {
  const { signal } = new AbortController();
  const options = { threads, pieces: 1 + random(8), progress: () => undefined, signal };
  const { failure } = await copySnapshot(snapshot, sink, undefined, options);
  if (failure !== undefined) {
    await sink.abandon(0, false);
    throw failure.error;
  }
  await sink.finish();
}

const deviceSteps: Way = async (given) => {
  const path = join(given.directory, 'in steps');
  await writeFile(path, Buffer.alloc(given.model.length, OLD));
  await steps(await deviceSink(path, given.model.length), given);
  expectAll(given, await readFile(path));
  await rm(path);
};

/** A stream that keeps what it gets and takes its time. */
function slowStream({ random }: Given): { readonly stream: Writable; readonly all: () => Buffer } {
  const chunks: Buffer[] = [];
  const stream = new Writable({
    highWaterMark: 1 + random(3) * 5000,
    write: (chunk: Buffer, _encoding, callback) => {
      chunks.push(chunk);
      if (random(4) === 0) setTimeout(callback, 1);
      else setImmediate(callback);
    },
  });
  return { stream, all: () => Buffer.concat(chunks) };
}

function stream(options: ExportOptions): Way {
  return async (given) => {
    const { stream: target, all } = slowStream(given);
    const { sha256: hash } = await exportSnapshot(given.snapshot, target, options);
    if (options.hash === true) expectHash(hash, given.model);
    expectAll(given, all());
  };
}

const streamSteps: Way = async (given) => {
  const { stream: target, all } = slowStream(given);
  await steps(streamSink(target, new AbortController().signal), given);
  expectAll(given, all());
};

const passThrough: Way = async (given) => {
  const target = new PassThrough({ highWaterMark: 1 + given.random(1000) });
  const [bytes] = await Promise.all([
    buffer(target),
    exportSnapshot(given.snapshot, target).finally(() => target.end()),
  ]);
  expectAll(given, bytes);
};

const toWebStream: Way = async (given) => {
  const chunks: Uint8Array[] = [];
  const web = new WritableStream<Uint8Array>({
    write: async (chunk) => {
      chunks.push(chunk);
      await new Promise((resolve) => setImmediate(resolve));
    },
  });
  await exportSnapshot(given.snapshot, Writable.fromWeb(web));
  expectAll(given, Buffer.concat(chunks));
};

/** Some part of the disk, also one that begins or ends within a sector. */
function rangeOf({ model, random }: Given): { readonly start: number; readonly end: number } {
  const start = random(model.length);
  return { start, end: start + random(model.length + 1000 - start) };
}

function expectRange(
  given: Given,
  { start, end }: { start: number; end: number },
  bytes: Uint8Array,
): void {
  if (bytes.length !== Math.min(end, given.model.length) - start)
    throw new Error(`${String(bytes.length)} bytes from ${String(start)} to ${String(end)}`);
  expectModel(given, bytes, start);
}

const read: Way = async (given) => {
  const { snapshot, model, random } = given;
  for (let count = 0; count < 10; count += 1) {
    const range = rangeOf(given);
    expectRange(given, range, await snapshot.read(range.start, range.end - range.start));
    const target = new Uint8Array(random(200_000));
    const filled = await snapshot.readInto(target, range.start);
    expectModel(given, target.subarray(0, filled), range.start);
  }
  expectAll(given, await snapshot.read(0, model.length + 5));
};

const readStream: Way = async (given) => {
  expectAll(given, await buffer(given.snapshot.createReadStream()));
  for (let count = 0; count < 3; count += 1) {
    const range = rangeOf(given);
    const chunks: Uint8Array[] = [];
    for await (const chunk of given.snapshot.createReadStream(range)) {
      chunks.push(chunk as Uint8Array);
      if (given.random(3) === 0) await new Promise((resolve) => setImmediate(resolve));
    }
    expectRange(given, range, Buffer.concat(chunks));
  }
};

const webStream: Way = async (given) => {
  expectAll(given, await buffer(given.snapshot.createWebStream()));
  const range = rangeOf(given);
  expectRange(given, range, await buffer(given.snapshot.createWebStream(range)));
};

const hash: Way = async (given) => {
  expectHash(await given.snapshot.hash(), given.model);
  const range = rangeOf(given);
  expectHash(await given.snapshot.hash(range), given.model.subarray(range.start, range.end));
};

/** What an extent has is at its place in the file of its image; the rest is zeros. */
const extents: Way = async (given) => {
  const { snapshot, model } = given;
  let at = 0;
  for await (const extent of snapshot.extents()) {
    if (extent.start !== at) throw new Error(`no extent from byte ${String(at)} on`);
    const bytes = Buffer.alloc(extent.length);
    if (extent.allocated) {
      const fd = openSync(snapshot.images[extent.layer]?.path ?? '', 'r');
      readSync(fd, bytes, 0, extent.length, extent.offset);
      closeSync(fd);
    }
    expectModel(given, bytes, at);
    at += extent.length;
  }
  if (at !== model.length) throw new Error(`the extents end at byte ${String(at)}`);
};

const fifo =
  (write: (given: Given, path: string) => Promise<unknown>): Way =>
  async (given) => {
    expectAll(given, await throughFifo(given, (path) => write(given, path)));
  };

const toFifo = (options: ExportOptions): Way =>
  fifo(({ snapshot }, path) => exportSnapshot(snapshot, path, options));

/** A target that is written to blocking, as a character device is. */
const characters = (threads: boolean): Way =>
  fifo(async (given, path) => steps(await characterSink(path), given, threads));

/** Every way out of a disk, by name. */
export const WAYS: Readonly<Record<string, Way>> = {
  'file, threads': file({}),
  'file, event loop': file({ threads: false }),
  'file without holes, threads': file({ sparse: false }),
  'file without holes, event loop': file({ sparse: false, threads: false }),
  'file, hash': file({ hash: true }),
  'file, verify': file({ verify: true }),
  'file without holes, verify and hash': file({ sparse: false, verify: true, hash: true }),
  'file, no sync': file({ sync: false, verify: true }),
  'file, resumed': resumed,
  'file, one byte changed': spoilt,
  'device, threads': device({}),
  'device, event loop': device({ threads: false }),
  'device, verify': device({ verify: true, hash: true }),
  'device, 1 to 8 steps': deviceSteps,
  'stream of Node, slow': stream({}),
  'stream of Node, slow, hash': stream({ hash: true }),
  'stream of Node, 1 to 8 steps': streamSteps,
  'stream of Node, tiny buffer': passThrough,
  'web stream to write to': toWebStream,
  FIFO: toFifo({}),
  'FIFO, hash': toFifo({ hash: true }),
  'FIFO, 1 to 8 steps': fifo(async (given, path) =>
    steps(await pipeSink(path, new AbortController().signal), given),
  ),
  'character device, thread': characters(true),
  'character device, 1 to 8 steps': characters(false),
  'pipe of a child': async (given) => {
    expectAll(given, await throughPipe(given));
  },
  'ploop-inspect, stdout': async (given) => {
    expectAll(given, await inspectToStdout(given));
  },
  read,
  createReadStream: readStream,
  createWebStream: webStream,
  hash,
  extents,
};

/** Writes the model to a file, for others to compare. */
export async function writeModel({
  model,
  directory,
}: Pick<Given, 'model' | 'directory'>): Promise<string> {
  const path = join(directory, 'model');
  const handle = await open(path, 'w');
  await handle.write(model);
  await handle.close();
  return path;
}
