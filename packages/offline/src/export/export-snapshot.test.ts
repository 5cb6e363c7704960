import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  createReadStream,
  createWriteStream,
  openSync,
  readFileSync,
  writeFileSync,
} from 'node:fs';
import {
  appendFile,
  link,
  lstat,
  mkdir,
  open,
  readdir,
  readFile,
  rename,
  stat,
  symlink,
  unlink,
  utimes,
  writeFile,
} from 'node:fs/promises';
import { join } from 'node:path';
import { PassThrough, Writable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { finished } from 'node:stream/promises';

import { descriptorXml, imageBytes, temporaryDirectory } from '@ploop/test-kit';
import { expect, test, vi } from 'vitest';

import { openSnapshot, type Snapshot } from '../snapshot/open-snapshot.ts';
import type { ExportProgress } from './copy.ts';
import type { ExportOptions, ExportResult } from './export-options.ts';
import { exportSnapshot } from './export-snapshot.ts';

const CLUSTER = 32768;
const CLUSTERS = 400;

/** A disk of 12.5 MiB: every second cluster in the base, every fifth in a delta above. */
async function disk(): Promise<{ directory: string; model: Buffer; snapshot: Snapshot }> {
  const directory = await temporaryDirectory();
  const model = Buffer.alloc(CLUSTERS * CLUSTER);
  for (const [level, every] of [2, 5].entries()) {
    let used = 0;
    const bat = Array.from({ length: CLUSTERS }, (_, cluster) =>
      cluster % every === 0 ? (used += 1) : 0,
    );
    const bytes = imageBytes({ clusters: CLUSTERS }, bat, used);
    await writeFile(join(directory, `d${String(level)}`), bytes);
    for (const [cluster, entry] of bat.entries())
      if (entry > 0)
        model.set(bytes.subarray(entry * CLUSTER, (entry + 1) * CLUSTER), cluster * CLUSTER);
  }
  const xml = descriptorXml([{}, { parent: 0 }], { blockSize: '64' });
  await writeFile(join(directory, 'DiskDescriptor.xml'), xml);
  return { directory, model, snapshot: await openSnapshot(directory) };
}

/** Stops an export after a byte of the disk; `look` sees how far it is. */
function stopAfter(bytes: number, look?: () => void): ExportOptions {
  const stop = new AbortController();
  const progress = ({ position }: ExportProgress): void => {
    look?.();
    if (position > bytes) stop.abort(new Error('enough'));
  };
  return { signal: stop.signal, progress };
}

async function stopped(snapshot: Snapshot, target: string, options: ExportOptions): Promise<void> {
  await expect(exportSnapshot(snapshot, target, options)).rejects.toThrow('enough');
}

const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');
const DATA = Array.from({ length: CLUSTERS }, (_, index) => index).filter(
  (index) => index % 2 === 0 || index % 5 === 0,
).length;

test('a file has the bytes of the disk and its holes', async () => {
  const { directory, model, snapshot } = await disk();
  const target = join(directory, 'out.raw');
  const positions: number[] = [];
  const result = await exportSnapshot(snapshot, target, {
    verify: true,
    hash: true,
    progress: ({ position }) => positions.push(position),
  });
  expect(result).toEqual({
    size: model.length,
    data: DATA * CLUSTER,
    resumedAt: 0,
    sha256: sha256(model),
    verified: true,
  });
  expect(model.equals(await readFile(target))).toBe(true);
  expect((await lstat(target)).blocks * 512).toBeLessThan(model.length);
  expect(positions.at(-1)).toBe(model.length);
  expect(positions).toEqual(positions.toSorted((a, b) => a - b));
  expect((await readdir(directory)).sort()).toEqual(['DiskDescriptor.xml', 'd0', 'd1', 'out.raw']);
  await snapshot.close();
});

test('without holes the same bytes are all written', async () => {
  const { directory, model, snapshot } = await disk();
  const target = join(directory, 'out.raw');
  await exportSnapshot(snapshot, target, { sparse: false, sync: false });
  expect(model.equals(await readFile(target))).toBe(true);
  expect((await lstat(target)).blocks * 512).toBeGreaterThanOrEqual(model.length);
  await snapshot.close();
});

test('streams and pipes get all bytes in order', async () => {
  const { model, snapshot } = await disk();
  const stream = new PassThrough();
  const [result, bytes] = await Promise.all([
    exportSnapshot(snapshot, stream, { hash: true }).finally(() => stream.end()),
    buffer(stream),
  ]);
  expect(model.equals(bytes)).toBe(true);
  expect(result.sha256).toBe(sha256(model));
  await exportSnapshot(snapshot, '/dev/null');
  await snapshot.close();
});

test('a link to a pipe that has no path leads to the pipe, and stays', async () => {
  const { directory, model, snapshot } = await disk();
  const pipe = join(directory, 'pipe');
  execFileSync('mkfifo', [pipe]);
  const fd = openSync(pipe, 'r+');
  await unlink(pipe);
  const link = join(directory, 'link');
  await symlink(`/proc/self/fd/${String(fd)}`, link);
  const [bytes] = await Promise.all([
    buffer(createReadStream('', { fd, end: model.length - 1 })),
    exportSnapshot(snapshot, link, { overwrite: true }),
  ]);
  expect(model.equals(bytes)).toBe(true);
  expect((await readdir(directory)).sort()).toEqual(['DiskDescriptor.xml', 'd0', 'd1', 'link']);
  await snapshot.close();
});

test('an export that was stopped goes on where it was', async () => {
  const { directory, model, snapshot } = await disk();
  const target = join(directory, 'out.raw');
  await stopped(snapshot, target, stopAfter(model.length / 3));
  expect(await readdir(directory)).toEqual(
    expect.arrayContaining(['out.raw.part', 'out.raw.part.json']),
  );
  const result = await exportSnapshot(snapshot, target, { verify: true, hash: true });
  expect(result.resumedAt).toBeGreaterThan(model.length / 3);
  expect(result).toMatchObject({ size: model.length, sha256: sha256(model) });
  expect(result.data).toBeLessThan(DATA * CLUSTER);
  expect(model.equals(await readFile(target))).toBe(true);
  await snapshot.close();
});

test.each([
  [true, 1 / 3],
  [false, 1 / 3],
  [true, 1],
])(
  'what the callback throws stops the export and is thrown, with threads: %s, at %f of the disk',
  async (threads, part) => {
    const { directory, model, snapshot } = await disk();
    const target = join(directory, 'out.raw');
    const mistake = new TypeError('no bar to draw');
    const exported = exportSnapshot(snapshot, target, {
      threads,
      progress: ({ position }) => {
        if (position >= model.length * part) throw mistake;
      },
    });
    await expect(exported).rejects.toBe(mistake);
    const { resumedAt } = await exportSnapshot(snapshot, target, { threads });
    expect(resumedAt).toBeGreaterThanOrEqual(model.length * part);
    expect(model.equals(await readFile(target))).toBe(true);
    await snapshot.close();
  },
);

test('what failed before an export was stopped is what is reported', async () => {
  const { snapshot } = await disk();
  const stop = new AbortController();
  const unchanged = new Error('the images cannot be looked at');
  const exported = exportSnapshot(
    {
      ...snapshot,
      checkUnchanged: () => {
        stop.abort(new Error('enough'));
        return Promise.reject(unchanged);
      },
    },
    '/dev/null',
    { signal: stop.signal },
  );
  await expect(exported).rejects.toMatchObject({ code: 'FILE_UNWRITABLE', cause: unchanged });
  await snapshot.close();
});

/** Changes an image. */
const CHANGES: readonly [string, (image: string) => Promise<void>][] = [
  ['larger', (image) => appendFile(image, Buffer.alloc(CLUSTER))],
  [
    'written to, and its time put back',
    async (image) => {
      const { atime, mtime } = await stat(image);
      const bytes = await readFile(image);
      await writeFile(image, bytes.fill(0xee, CLUSTER));
      await utimes(image, atime, mtime);
    },
  ],
];

test.each(CHANGES)(
  'what is unfinished is not gone on with where an image is %s',
  async (_how, change) => {
    const { directory, snapshot } = await disk();
    const image = join(directory, 'd0');
    await utimes(image, 1e9, 1e9);
    await snapshot.close();
    const before = await openSnapshot(directory);
    const target = join(directory, 'out.raw');
    await stopped(before, target, stopAfter(0));
    await before.close();
    await change(image);
    const again = await openSnapshot(directory);
    expect(await exportSnapshot(again, target)).toMatchObject({ resumedAt: 0 });
    expect((await again.hash()) === sha256(await readFile(target))).toBe(true);
    await again.close();
  },
);

test('a file that appears meanwhile is kept, and so is what was written', async () => {
  const { directory, model, snapshot } = await disk();
  const target = join(directory, 'out.raw');
  const exported = exportSnapshot(snapshot, target, {
    progress: () => {
      writeFileSync(target, 'precious');
    },
  });
  await expect(exported).rejects.toMatchObject({
    code: 'FILE_UNWRITABLE',
    diagnostics: [{}, { code: 'EXPORT_UNFINISHED', data: { done: model.length } }],
  });
  expect(await readFile(target, 'utf8')).toBe('precious');
  expect(await exportSnapshot(snapshot, target, { overwrite: true })).toMatchObject({
    resumedAt: model.length,
    data: 0,
  });
  expect(model.equals(await readFile(target))).toBe(true);
  await snapshot.close();
});

test('an export that was killed leaves no record of the one before it', async () => {
  const { directory, model, snapshot } = await disk();
  const target = join(directory, 'out.raw');
  const record = `${target}.part.json`;
  await stopped(snapshot, target, stopAfter(model.length / 3));
  const base = await openSnapshot(directory, snapshot.images[0]?.guid);
  let asKilled: Buffer | undefined;
  const other = stopAfter(0, () => (asKilled ??= readFileSync(record)));
  await stopped(base, target, other);
  await writeFile(record, asKilled ?? '');
  await exportSnapshot(snapshot, target);
  expect(model.equals(await readFile(target))).toBe(true);
  await Promise.all([base.close(), snapshot.close()]);
});

test('a record counts for the file alone that it was made of', async () => {
  const { directory, model, snapshot } = await disk();
  const target = join(directory, 'out.raw');
  await stopped(snapshot, target, stopAfter(model.length / 3));
  await rename(`${target}.part`, `${target}.away`);
  await writeFile(`${target}.part`, 'something else');
  expect(await exportSnapshot(snapshot, target)).toMatchObject({ resumedAt: 0 });
  expect(model.equals(await readFile(target))).toBe(true);
  await snapshot.close();
});

test('of two exports to one file, the one that began last has it', async () => {
  const { directory, model, snapshot } = await disk();
  const target = join(directory, 'out.raw');
  let second: Promise<ExportResult> | undefined;
  const first = exportSnapshot(
    {
      ...snapshot,
      checkUnchanged: async () => {
        await new Promise<void>((resolve) => {
          const waiting = {
            ...snapshot,
            checkUnchanged: async () => {
              resolve();
              await first.catch(() => undefined);
            },
          };
          second = exportSnapshot(waiting, target);
        });
      },
    },
    target,
  );
  await expect(first).rejects.toMatchObject({
    code: 'FILE_UNWRITABLE',
    diagnostics: { length: 1 },
  });
  expect(await second).toMatchObject({ size: model.length });
  expect(model.equals(await readFile(target))).toBe(true);
  expect((await readdir(directory)).sort()).toEqual(['DiskDescriptor.xml', 'd0', 'd1', 'out.raw']);
  await snapshot.close();
});

test('a file that is there is kept, unless it may be replaced', async () => {
  const { directory, model, snapshot } = await disk();
  const target = join(directory, 'out.raw');
  await writeFile(target, 'precious');
  await expect(exportSnapshot(snapshot, target)).rejects.toMatchObject({ code: 'FILE_UNWRITABLE' });
  expect(await readFile(target, 'utf8')).toBe('precious');
  await symlink(target, join(directory, 'link'));
  await exportSnapshot(snapshot, join(directory, 'link'), { overwrite: true });
  expect((await lstat(join(directory, 'link'))).isSymbolicLink()).toBe(true);
  expect(model.equals(await readFile(target))).toBe(true);
  await snapshot.close();
});

test('no file of the disk is ever the target, nor is a file that is not an unfinished export', async () => {
  const { directory, snapshot } = await disk();
  await link(join(directory, 'd0'), join(directory, 'other name'));
  await symlink('DiskDescriptor.xml', join(directory, 'out'));
  for (const name of ['d0', 'd1', 'other name', 'out', '.'])
    await expect(
      exportSnapshot(snapshot, join(directory, name), { overwrite: true }),
    ).rejects.toMatchObject({ code: 'FILE_UNWRITABLE' });
  const parent = join(directory, 'of a parent volume');
  await writeFile(parent, 'precious');
  const images = snapshot.images.map((image) => ({ ...image, path: parent }));
  await expect(
    exportSnapshot({ ...snapshot, images }, parent, { overwrite: true }),
  ).rejects.toMatchObject({ code: 'FILE_UNWRITABLE' });
  expect(await readFile(parent, 'utf8')).toBe('precious');
  await writeFile(join(directory, 'raw.part'), 'precious');
  await writeFile(join(directory, 'raw.part.json'), '{"precious": true}');
  await expect(exportSnapshot(snapshot, join(directory, 'raw'))).rejects.toMatchObject({
    code: 'EXPORT_PART_FOREIGN',
  });
  expect(await readFile(join(directory, 'raw.part'), 'utf8')).toBe('precious');
  await snapshot.close();
});

test('a directory in the place of the record leaves nothing behind', async () => {
  const { directory, snapshot } = await disk();
  await mkdir(join(directory, 'out.raw.part.json'));
  await expect(exportSnapshot(snapshot, join(directory, 'out.raw'))).rejects.toMatchObject({
    code: 'EXPORT_PART_FOREIGN',
  });
  expect((await readdir(directory)).sort()).toEqual([
    'DiskDescriptor.xml',
    'd0',
    'd1',
    'out.raw.part.json',
  ]);
  await snapshot.close();
});

test('an image that is written to meanwhile spoils the export, and nothing is left of it', async () => {
  const { directory, snapshot } = await disk();
  const target = join(directory, 'out.raw');
  await appendFile(join(directory, 'd1'), 'x');
  await expect(exportSnapshot(snapshot, target)).rejects.toMatchObject({ code: 'IMAGE_CHANGED' });
  expect((await readdir(directory)).sort()).toEqual(['DiskDescriptor.xml', 'd0', 'd1']);
  await snapshot.close();
});

test('a stream that fails ends the export', async () => {
  const { snapshot } = await disk();
  const stream = new Writable({
    write: (_chunk, _encoding, callback) => {
      callback(new Error('EPIPE'));
    },
  });
  await expect(exportSnapshot(snapshot, stream)).rejects.toMatchObject({
    code: 'FILE_UNWRITABLE',
    diagnostics: { length: 1 },
  });
  await expect(exportSnapshot(snapshot, '/dev/full')).rejects.toMatchObject({
    code: 'FILE_UNWRITABLE',
  });
  await snapshot.close();
});

test('a stream that nobody reads is left where the export is stopped', async () => {
  const { snapshot } = await disk();
  const stream = new PassThrough({ highWaterMark: 16 * 1024 });
  const stop = new AbortController();
  const exported = exportSnapshot(snapshot, stream, { signal: stop.signal });
  await vi.waitUntil(() => stream.writableNeedDrain, { timeout: 60_000 });
  stop.abort(new Error('enough'));
  await expect(exported).rejects.toThrow('enough');
  stream.destroy(new Error('nobody listens to this'));
  await finished(stream).catch(() => undefined);
  await snapshot.close();
});

test('the event of a write that failed ends nobody', async () => {
  const { snapshot } = await disk();
  const stream = createWriteStream('/dev/full');
  const closed = new Promise<void>((resolve) => {
    stream.once('close', () => {
      resolve();
    });
  });
  await expect(exportSnapshot(snapshot, stream)).rejects.toMatchObject({ code: 'FILE_UNWRITABLE' });
  await closed;
  await snapshot.close();
});

test('an empty disk of 64 TiB is left off at once, whatever is written of it', async () => {
  const directory = await temporaryDirectory();
  const clusters = 2 ** 20;
  const path = join(directory, 'd0');
  const file = await open(path, 'w');
  await file.write(imageBytes({ clusters, blockSize: 131_072 }).subarray(0, 64));
  await file.truncate(64 * 2 ** 20);
  await file.close();
  const xml = descriptorXml([{}], { blockSize: '131072' });
  await writeFile(join(directory, 'DiskDescriptor.xml'), xml);
  const snapshot = await openSnapshot(directory);
  const nowhere = new Writable({
    write: (_chunk, _encoding, callback) => {
      setImmediate(callback);
    },
  });
  expect(snapshot.size).toBe(2 ** 46);
  const seen: number[] = [];
  const stop = new AbortController();
  const exported = exportSnapshot(snapshot, nowhere, {
    signal: stop.signal,
    progress: ({ position }) => {
      seen.push(position);
      stop.abort(new Error('enough'));
    },
  });
  await expect(exported).rejects.toThrow('enough');
  expect(seen[0]).toBe(64 * 2 ** 20);
  await snapshot.close();
});

test('damage is said, and what was written before is kept', async () => {
  const { directory, snapshot } = await disk();
  await snapshot.close();
  const bytes = await readFile(join(directory, 'd1'));
  bytes.writeUInt32LE(60_000, 64 + 4 * 300);
  await writeFile(join(directory, 'd1'), bytes);
  const damaged = await openSnapshot(directory);
  const target = join(directory, 'out.raw');
  await expect(exportSnapshot(damaged, target)).rejects.toMatchObject({
    code: 'CLUSTER_BEYOND_END',
    diagnostics: [
      { code: 'CLUSTER_BEYOND_END' },
      { code: 'EXPORT_BLOCKED', data: { done: 299 * CLUSTER } },
    ],
  });
  await damaged.close();
});
