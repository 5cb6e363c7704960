import { closeSync, createWriteStream, openSync } from 'node:fs';
import { open, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Writable } from 'node:stream';

import { descriptorXml, imageBytes, temporaryDirectory } from '@ploop/test-kit';
import { hasLoop, loopDevice } from '@ploop/test-kit/loop';
import { expect, onTestFinished, test } from 'vitest';

import { openSnapshot, type Snapshot } from '../snapshot/open-snapshot.ts';
import { exportSnapshot } from './export-snapshot.ts';

const NAME = 'DiskDescriptor.xml';

async function disk(): Promise<{ directory: string; snapshot: Snapshot }> {
  const directory = await temporaryDirectory();
  await writeFile(join(directory, 'd0'), imageBytes({ clusters: 4 }, [1]));
  await writeFile(join(directory, NAME), descriptorXml([{}], { blockSize: '64' }));
  const snapshot = await openSnapshot(directory);
  onTestFinished(() => snapshot.close());
  return { directory, snapshot };
}

/** A stream that would write to an open file by its number, as process.stdout does. */
function streamOf(fd: number): { stream: Writable; written: () => number } {
  let written = 0;
  const stream = new Writable({
    write: (bytes: Buffer, _, done) => {
      written += bytes.length;
      done();
    },
  });
  return { stream: Object.assign(stream, { fd }), written: () => written };
}

test.each(['d0', NAME])('a stream into %s of the disk itself is refused', async (name) => {
  const { directory, snapshot } = await disk();
  const file = join(directory, name);
  const before = await readFile(file);
  for (const flags of ['a', 'r+']) {
    const handle = await open(file, flags);
    const streams = [
      handle.createWriteStream(),
      createWriteStream(file, { flags }),
      streamOf(handle.fd).stream,
    ];
    for (const stream of streams)
      await expect(exportSnapshot(snapshot, stream)).rejects.toMatchObject({
        code: 'FILE_UNWRITABLE',
        message: expect.stringContaining('it is a file of the disk') as string,
      });
    for (const stream of streams) stream.destroy();
    await handle.close().catch(() => undefined);
  }
  expect(await readFile(file)).toEqual(before);
});

test('a stream into another file is written', async () => {
  const { directory, snapshot } = await disk();
  const stream = createWriteStream(join(directory, 'out'));
  await exportSnapshot(snapshot, stream);
  await new Promise<void>((resolve) => stream.end(resolve));
  expect(await readFile(join(directory, 'out'))).toHaveLength(4 * 32_768);
});

/** A stream that takes everything at once, and what it got. */
function takingAll(): { stream: Writable; got: () => Buffer } {
  const pieces: Buffer[] = [];
  const stream = new Writable({
    write: (bytes: Buffer, _, done) => {
      pieces.push(bytes);
      done();
    },
  });
  return { stream, got: () => Buffer.concat(pieces) };
}

test('a corked stream, which would keep everything, is refused', async () => {
  const { snapshot } = await disk();
  const { stream, got } = takingAll();
  stream.cork();
  await expect(exportSnapshot(snapshot, stream)).rejects.toMatchObject({
    code: 'FILE_UNWRITABLE',
    message: expect.stringContaining('it is corked; call uncork() first') as string,
  });
  stream.uncork();
  expect(got()).toHaveLength(0);
  await exportSnapshot(snapshot, stream);
  expect(got()).toHaveLength(4 * 32_768);
});

test('a stream that is corked until the next turn is written', async () => {
  const { snapshot } = await disk();
  const { stream, got } = takingAll();
  const write = stream.write.bind(stream) as (...given: unknown[]) => boolean;
  // As a response of node:http does with its socket.
  stream.write = (...given: unknown[]): boolean => {
    stream.cork();
    setImmediate(() => {
      stream.uncork();
    });
    return write(...given);
  };
  await exportSnapshot(snapshot, stream);
  expect(got()).toHaveLength(4 * 32_768);
});

test('a stream that is corked during the export stops it', async () => {
  const { snapshot } = await disk();
  const stream: Writable = new Writable({
    write: (_bytes, _, done) => {
      stream.cork();
      done();
    },
  });
  const exported = exportSnapshot(snapshot, stream);
  await expect(exported).rejects.toMatchObject({ code: 'FILE_UNWRITABLE' });
});

test('a stream whose file cannot be opened fails', async () => {
  const { directory, snapshot } = await disk();
  const stream = createWriteStream(join(directory, 'missing', 'out'));
  await expect(exportSnapshot(snapshot, stream)).rejects.toMatchObject({ code: 'FILE_UNWRITABLE' });
  const gone = createWriteStream(join(directory, 'gone')).destroy();
  await expect(exportSnapshot(snapshot, gone)).rejects.toMatchObject({ code: 'FILE_UNWRITABLE' });
});

test('a stream into what takes no stream of bytes is refused', async () => {
  const { directory, snapshot } = await disk();
  const fd = openSync(directory, 'r');
  onTestFinished(() => {
    closeSync(fd);
  });
  const { stream, written } = streamOf(fd);
  await expect(exportSnapshot(snapshot, stream)).rejects.toMatchObject({
    code: 'FILE_UNWRITABLE',
    message: expect.stringContaining('it is a directory') as string,
  });
  expect(written()).toBe(0);
});

test.runIf(hasLoop)('a stream into a block device is refused', async () => {
  const { directory, snapshot } = await disk();
  const file = join(directory, 'device');
  await writeFile(file, Buffer.alloc(4 * 32_768));
  const fd = openSync(loopDevice(file), 'r+');
  onTestFinished(() => {
    closeSync(fd);
  });
  const { stream, written } = streamOf(fd);
  await expect(exportSnapshot(snapshot, stream)).rejects.toMatchObject({
    message: expect.stringContaining('it is a block device') as string,
  });
  expect(written()).toBe(0);
});
