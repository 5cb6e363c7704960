import { readdir, readFile, rm, symlink, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { buffer } from 'node:stream/consumers';

import type { ChainLayer } from '@ploop/image';
import { descriptorXml, imageBytes, temporaryDirectory } from '@ploop/test-kit';
import { expect, onTestFinished, test } from 'vitest';

import { openSnapshot, type Snapshot } from '../snapshot/open-snapshot.ts';
import type { ExportOptions } from './export-options.ts';
import { exportSnapshot } from './export-snapshot.ts';

const CLUSTER = 32_768;
const CLUSTERS = 200;
const SIZE = CLUSTERS * CLUSTER;

/** A disk whose base is full and whose delta has every cluster from 100 on; `spoil` damages the delta. */
async function disk(
  spoil: (delta: Buffer, entryAt: (cluster: number) => number) => void,
): Promise<{ directory: string; model: Buffer; snapshot: Snapshot }> {
  const directory = await temporaryDirectory();
  const model = Buffer.alloc(SIZE);
  const fill = (bat: readonly number[], bytes: Uint8Array): void => {
    for (const [cluster, entry] of bat.entries())
      if (entry > 0)
        model.set(bytes.subarray(entry * CLUSTER, (entry + 1) * CLUSTER), cluster * CLUSTER);
  };
  const full = Array.from({ length: CLUSTERS }, (_, cluster) => cluster + 1);
  const base = imageBytes({ clusters: CLUSTERS }, full);
  fill(full, base);
  const upper = full.map((_, cluster) => (cluster < 100 ? 0 : cluster - 99));
  const delta = Buffer.from(imageBytes({ clusters: CLUSTERS }, upper, 100));
  fill(upper, delta);
  spoil(delta, (cluster) => 64 + 4 * cluster);
  await writeFile(join(directory, 'd0'), base);
  await writeFile(join(directory, 'd1'), delta);
  const xml = descriptorXml([{}, { parent: 0 }], { blockSize: '64' });
  await writeFile(join(directory, 'DiskDescriptor.xml'), xml);
  const snapshot = await openSnapshot(directory);
  onTestFinished(() => snapshot.close());
  return { directory, model, snapshot };
}

/** The snapshot, of which a range of an image cannot be read. */
function unreadable(snapshot: Snapshot, level: number, start: number, end: number): Snapshot {
  const layers = snapshot.layers.map((layer, index): ChainLayer => {
    if (index !== level) return layer;
    const { file, bytes, readAt } = layer.source;
    return {
      ...layer,
      source: {
        file,
        bytes,
        readAt: (target, position) =>
          position < end && position + target.length > start
            ? Promise.reject(Object.assign(new Error('EIO: i/o error, read'), { code: 'EIO' }))
            : readAt(target, position),
      },
    };
  });
  return { ...snapshot, layers };
}

function zeros(model: Buffer, start: number, end: number): Buffer {
  return Buffer.from(model).fill(0, start, end);
}

/** Damage by its kind: what is lost of the disk, as clusters or bytes of it. */
const KINDS: readonly (readonly [
  code: string,
  spoil: Parameters<typeof disk>[0],
  lost: readonly (readonly [start: number, end: number])[],
])[] = [
  [
    'CLUSTER_BEYOND_END',
    (delta, at) => delta.writeUInt32LE(60_000, at(150)),
    [[150 * CLUSTER, 151 * CLUSTER]],
  ],
  [
    'CLUSTER_SHARED',
    (delta, at) => delta.writeUInt32LE(11, at(150)),
    [
      [110 * CLUSTER, 111 * CLUSTER],
      [150 * CLUSTER, 151 * CLUSTER],
    ],
  ],
];

const damaged = (spoil: Parameters<typeof disk>[0]) => disk(spoil);

test.each(KINDS)('%s: what is lost becomes zeros, and is listed', async (code, spoil, lost) => {
  const { directory, model, snapshot } = await damaged(spoil);
  const expected = lost.reduce((bytes, [start, end]) => zeros(bytes, start, end), model);
  const target = join(directory, 'out');
  const plain = exportSnapshot(snapshot, target);
  await expect(plain).rejects.toMatchObject({
    code,
    diagnostics: [{ code }, { code: 'EXPORT_BLOCKED', data: { done: lost[0]?.[0], size: SIZE } }],
  });
  const result = await exportSnapshot(snapshot, target, { salvage: true, verify: true });
  expect(result).toMatchObject({
    resumedAt: lost[0]?.[0],
    lost: lost.map(([start, end]) => ({ start, end, code, file: join(directory, 'd1') })),
    lostBytes: lost.length * CLUSTER,
    lostFile: `${target}.lost.json`,
    diagnostics: [{ code: 'EXPORT_LOST', severity: 'error' }],
  });
  expect(expected.equals(await readFile(target))).toBe(true);
  expect(JSON.parse(await readFile(`${target}.lost.json`, 'utf8'))).toEqual({
    ...{ format: 'ploop-lost', version: 1, guid: snapshot.guid, size: SIZE },
    ...{ lostBytes: result.lostBytes, lost: result.lost },
  });
  expect((await readdir(directory)).sort()).toEqual([
    'DiskDescriptor.xml',
    'd0',
    'd1',
    'out',
    'out.lost.json',
  ]);

  const stream = new PassThrough();
  const [bytes, streamed] = await Promise.all([
    buffer(stream),
    exportSnapshot(snapshot, stream, { salvage: true }).finally(() => stream.end()),
  ]);
  expect(expected.equals(bytes)).toBe(true);
  expect(streamed.lost).toEqual(result.lost);
  expect(streamed).not.toHaveProperty('lostFile');
});

test('entries before the data and between clusters are lost as well', async () => {
  const version1 = async (entry: number, code: string): Promise<void> => {
    const directory = await temporaryDirectory();
    const bat = [64, 128, entry, 192];
    const bytes = imageBytes({ version: 1, clusters: 4 }, bat, 4);
    await writeFile(join(directory, 'd0'), bytes);
    await writeFile(
      join(directory, 'DiskDescriptor.xml'),
      descriptorXml([{}], { blockSize: '64' }),
    );
    const snapshot = await openSnapshot(directory);
    const target = join(directory, 'out');
    const { lost } = await exportSnapshot(snapshot, target, { salvage: true });
    expect(lost).toEqual([
      {
        ...{ start: 2 * CLUSTER, end: 3 * CLUSTER, code },
        ...{ file: join(directory, 'd0'), offset: entry * 512 },
      },
    ]);
    const written = await readFile(target);
    expect(written.subarray(2 * CLUSTER, 3 * CLUSTER).every((byte) => byte === 0)).toBe(true);
    expect(written.subarray(3 * CLUSTER).every((byte) => byte === 3)).toBe(true);
    await snapshot.close();
  };
  await version1(1, 'CLUSTER_BEFORE_DATA');
  await version1(100, 'CLUSTER_MISALIGNED');
});

test('of an image that was cut, what is there counts', async () => {
  const { directory, model } = await disk(() => undefined);
  await truncate(join(directory, 'd1'), 50 * CLUSTER + 5000);
  const snapshot = await openSnapshot(directory);
  const target = join(directory, 'out');
  const { lost, lostBytes } = await exportSnapshot(snapshot, target, { salvage: true });
  const start = 149 * CLUSTER + 5000;
  const place = { file: join(directory, 'd1'), offset: 50 * CLUSTER + 5000 };
  expect(lost).toEqual([{ start, end: SIZE, code: 'CLUSTER_BEYOND_END', ...place }]);
  expect(lostBytes).toBe(SIZE - start);
  expect(zeros(model, start, SIZE).equals(await readFile(target))).toBe(true);
  await snapshot.close();
});

test('what cannot be read is lost, block by block', async () => {
  const { directory, model, snapshot } = await disk(() => undefined);
  const offset = 21 * CLUSTER + 8192;
  const target = join(directory, 'out');
  const bad = unreadable(snapshot, 1, offset, offset + 100);
  await expect(exportSnapshot(bad, target)).rejects.toMatchObject({
    code: 'FILE_UNREADABLE',
    diagnostics: [{}, { code: 'EXPORT_BLOCKED' }],
  });
  const start = 120 * CLUSTER + 8192;
  const result = await exportSnapshot(bad, target, { salvage: true, verify: true, hash: true });
  const place = { file: join(directory, 'd1'), offset };
  expect(result.lost).toEqual([{ start, end: start + 4096, code: 'FILE_UNREADABLE', ...place }]);
  expect(zeros(model, start, start + 4096).equals(await readFile(target))).toBe(true);
});

test('what a part of a table leads to is lost, unless a higher image has it', async () => {
  const directory = await temporaryDirectory();
  const clusters = 4000;
  const bat = Array.from({ length: clusters }, (_, index) =>
    index % 400 === 0 ? 1 + index / 400 : 0,
  );
  await writeFile(join(directory, 'd0'), imageBytes({ clusters }, bat, 10));
  const upper = bat.map((_, index) => (index === 1200 ? 1 : 0));
  await writeFile(join(directory, 'd1'), imageBytes({ clusters }, upper, 1));
  const xml = descriptorXml([{}, { parent: 0 }], { blockSize: '64' });
  await writeFile(join(directory, 'DiskDescriptor.xml'), xml);
  const snapshot = await openSnapshot(directory);
  // The second block of the table: entries 1008 to 2031.
  const bad = unreadable(snapshot, 0, 5000, 5001);
  const { lost } = await exportSnapshot(bad, join(directory, 'out'), { salvage: true });
  const file = join(directory, 'd0');
  expect(lost).toEqual([
    { start: 1008 * CLUSTER, end: 1200 * CLUSTER, code: 'FILE_UNREADABLE', file },
    { start: 1201 * CLUSTER, end: 2032 * CLUSTER, code: 'FILE_UNREADABLE', file },
  ]);
  await snapshot.close();
});

/** Stops an export after a byte of the disk. */
async function stopped(snapshot: Snapshot, target: string, at: number): Promise<void> {
  const stop = new AbortController();
  const options: ExportOptions = {
    ...{ salvage: true, signal: stop.signal },
    progress: ({ position }) => {
      if (position > at) stop.abort(new Error('enough'));
    },
  };
  await expect(exportSnapshot(snapshot, target, options)).rejects.toThrow('enough');
}

test('a salvage that is resumed agrees with one that was not', async () => {
  const { directory, model, snapshot } = await disk((delta, at) => {
    delta.writeUInt32LE(60_000, at(102));
    delta.writeUInt32LE(60_001, at(190));
  });
  const offset = 7 * CLUSTER;
  const bad = unreadable(snapshot, 1, offset, offset + 1);
  const whole = await exportSnapshot(bad, join(directory, 'whole'), { salvage: true });
  const target = join(directory, 'out');
  await stopped(bad, target, 150 * CLUSTER);
  // What could not be read is not tried again, even if it could be read now.
  const result = await exportSnapshot(snapshot, target, { salvage: true, verify: true });
  expect(result.resumedAt).toBeGreaterThan(150 * CLUSTER);
  expect(result.lost).toEqual(whole.lost);
  expect(result.lost).toHaveLength(3);
  expect(result.lostBytes).toBe(2 * CLUSTER + 4096);
  const written = await readFile(target);
  expect(written.equals(await readFile(join(directory, 'whole')))).toBe(true);
  expect(written.equals(model)).toBe(false);
  expect((await readdir(directory)).filter((name) => name.includes('.part'))).toEqual([]);
});

test('only a salvage goes on with what has zeros for lost bytes', async () => {
  const { directory, snapshot } = await disk((delta, at) => delta.writeUInt32LE(60_000, at(102)));
  const target = join(directory, 'out');
  await stopped(snapshot, target, 150 * CLUSTER);
  await expect(exportSnapshot(snapshot, target)).rejects.toMatchObject({
    code: 'FILE_UNWRITABLE',
    message: expect.stringContaining('go on with salvage') as unknown,
  });
  const { resumedAt } = await exportSnapshot(snapshot, target, { salvage: true });
  expect(resumedAt).toBeGreaterThan(150 * CLUSTER);
});

test('an export without salvage goes on with what a salvage wrote of a whole disk', async () => {
  const { directory, model, snapshot } = await disk(() => undefined);
  const target = join(directory, 'out');
  await stopped(snapshot, target, 150 * CLUSTER);
  const { resumedAt } = await exportSnapshot(snapshot, target);
  expect(resumedAt).toBeGreaterThan(150 * CLUSTER);
  expect(model.equals(await readFile(target))).toBe(true);
});

test('a disk that is whole loses nothing, and an old list goes', async () => {
  const { directory, model, snapshot } = await disk(() => undefined);
  const target = join(directory, 'out');
  const list = `${target}.lost.json`;
  for (const options of [{}, { salvage: true }]) {
    await writeFile(list, '{"format": "ploop-lost"}');
    const result = await exportSnapshot(snapshot, target, options);
    if (options.salvage === true)
      expect(result).toMatchObject({ lost: [], lostBytes: 0, diagnostics: [] });
    expect(model.equals(await readFile(target))).toBe(true);
    expect(await readdir(directory)).not.toContain('out.lost.json');
    await rm(target);
  }
});

test('a file that is not such a list is kept, whoever it belongs to', async () => {
  const { directory, snapshot } = await disk((delta, at) => delta.writeUInt32LE(60_000, at(102)));
  const target = join(directory, 'out');
  const list = `${target}.lost.json`;
  await writeFile(list, 'precious');
  await expect(exportSnapshot(snapshot, target, { salvage: true })).rejects.toMatchObject({
    code: 'FILE_UNWRITABLE',
  });
  await rm(list);
  await writeFile(join(directory, 'precious'), '{"format": "ploop-lost"}');
  await symlink('precious', list);
  await expect(exportSnapshot(snapshot, target, { salvage: true })).rejects.toMatchObject({
    code: 'FILE_UNWRITABLE',
  });
  expect(await readFile(join(directory, 'precious'), 'utf8')).toBe('{"format": "ploop-lost"}');
});
