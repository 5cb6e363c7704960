import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { closeSync, constants, openSync, writeSync } from 'node:fs';
import {
  link,
  mkdir,
  open,
  readdir,
  readFile,
  realpath,
  symlink,
  truncate,
  unlink,
  writeFile,
} from 'node:fs/promises';
import { dirname, join } from 'node:path';

import { descriptorXml, imageBytes, temporaryDirectory } from '@ploop/test-kit';
import { hasLoop, loopDevice, mounted } from '@ploop/test-kit/loop';
import { hasDiskPrograms, systemPath } from '@ploop/test-kit/programs';
import { describe, expect, onTestFinished, test } from 'vitest';

import { openSnapshot, type Snapshot } from '../snapshot/open-snapshot.ts';
import { copySnapshot } from './copy-snapshot.ts';
import { deviceSink } from './device-sink.ts';
import type { ExportOptions } from './export-options.ts';
import { exportSnapshot } from './export-snapshot.ts';
import { verifyExport } from './verify-export.ts';

const CLUSTER = 32_768;
const CLUSTERS = 96;
const SIZE = CLUSTERS * CLUSTER;
const OLD = 0xee;

/** A disk, 3 MiB large, half of it zeros, and what it reads as. */
async function disk(
  clusters = CLUSTERS,
): Promise<{ directory: string; model: Buffer; snapshot: Snapshot }> {
  const directory = await temporaryDirectory('ploop device ');
  const model = Buffer.alloc(clusters * CLUSTER);
  let used = 0;
  const bat = Array.from({ length: clusters }, (_, cluster) =>
    cluster % 7 < 3 && cluster < clusters - 9 ? (used += 1) : 0,
  );
  const bytes = imageBytes({ clusters }, bat, used);
  for (const [cluster, entry] of bat.entries())
    if (entry > 0)
      model.set(bytes.subarray(entry * CLUSTER, (entry + 1) * CLUSTER), cluster * CLUSTER);
  await writeFile(join(directory, 'd0'), bytes);
  await writeFile(join(directory, 'DiskDescriptor.xml'), descriptorXml([{}], { blockSize: '64' }));
  const snapshot = await openSnapshot(directory);
  onTestFinished(() => snapshot.close());
  return { directory, model, snapshot };
}

/** A file full of what was on the device before. */
async function backing(directory: string, bytes = SIZE): Promise<string> {
  const file = join(directory, 'device');
  await writeFile(file, Buffer.alloc(bytes, OLD));
  return file;
}

/** The disk, and after it what was there before. */
function expected(model: Buffer, bytes: number): Buffer {
  return Buffer.concat([model, Buffer.alloc(bytes - model.length, OLD)]);
}

const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

/** Stops an export when so much of it is done. */
function stopped(bytes = 1): Required<Pick<ExportOptions, 'signal' | 'progress'>> {
  const stop = new AbortController();
  return {
    signal: stop.signal,
    progress: ({ position }) => {
      if (position >= bytes) stop.abort(new Error('enough'));
    },
  };
}

describe('a file in the place of a device', () => {
  test.each([true, false])(
    'gets all bytes, zeros over what was there; threads: %s',
    async (threads) => {
      const { directory, model, snapshot } = await disk();
      const file = await backing(directory, SIZE + 5 * CLUSTER);
      const sink = await deviceSink(file, snapshot.size);
      const copied = await copySnapshot(snapshot, sink, undefined, {
        threads,
        ...stopped(Infinity),
      });
      expect(copied).toMatchObject({ done: SIZE });
      if (sink.written === undefined) throw new Error('nothing can be compared');
      await verifyExport(snapshot, sink.written, file, new AbortController().signal);
      await sink.finish();
      expect(expected(model, SIZE + 5 * CLUSTER).equals(await readFile(file))).toBe(true);
    },
  );

  test('that is one byte too small is refused untouched', async () => {
    const { directory } = await disk();
    const file = await backing(directory, SIZE - 1);
    await expect(deviceSink(file, SIZE)).rejects.toThrow('smaller than the disk');
    expect((await readFile(file)).every((byte) => byte === OLD)).toBe(true);
  });

  test('is begun anew after an export that was stopped', async () => {
    const { directory, snapshot } = await disk();
    const sink = await deviceSink(await backing(directory), SIZE);
    const copied = await copySnapshot(snapshot, sink, undefined, { threads: true, ...stopped() });
    expect(copied.failure?.error).toMatchObject({ message: 'enough' });
    expect(await sink.abandon(copied.done, true)).toBeUndefined();
    const again = await deviceSink(join(directory, 'device'), SIZE);
    expect(again.start).toBe(0);
    await again.abandon(0, true);
  });
});

describe.skipIf(!hasLoop)('a loop device', () => {
  /** A device over a file of old bytes, under a name that is a link to it. */
  async function device(directory: string, bytes = SIZE): Promise<string> {
    const link = join(directory, 'link to a device');
    await symlink(loopDevice(await backing(directory, bytes)), link);
    return link;
  }

  async function content(path: string, bytes: number): Promise<Buffer> {
    const handle = await open(path, 'r');
    try {
      const { buffer, bytesRead } = await handle.read(Buffer.alloc(bytes), 0, bytes, 0);
      return buffer.subarray(0, bytesRead);
    } finally {
      await handle.close();
    }
  }

  test.each<[string, ExportOptions]>([
    ['in threads', {}],
    ['without threads', { threads: false }],
    ['with a hash', { hash: true }],
    ['verified', { verify: true }],
    ['and has no holes', { sparse: true, sync: false }],
  ])('gets all bytes, zeros over what was there, %s', async (_how, options) => {
    const { directory, model, snapshot } = await disk();
    const bytes = SIZE + 3 * CLUSTER;
    const target = await device(directory, bytes);
    const result = await exportSnapshot(snapshot, target, options);
    expect(result).toMatchObject({ size: SIZE, resumedAt: 0 });
    if (result.sha256 !== undefined) expect(result.sha256).toBe(sha256(model));
    expect(expected(model, bytes).equals(await content(target, bytes))).toBe(true);
    // It is on the device, not in its cache alone.
    expect(expected(model, bytes).equals(await readFile(join(directory, 'device')))).toBe(true);
    expect((await readdir(directory)).filter((name) => name.includes('.part'))).toEqual([]);
  });

  test('that is smaller than the disk is refused untouched', async () => {
    const { directory, snapshot } = await disk();
    const target = await device(directory, SIZE - CLUSTER);
    await expect(exportSnapshot(snapshot, target)).rejects.toMatchObject({
      code: 'FILE_UNWRITABLE',
      message: expect.stringContaining('smaller than the disk') as unknown,
    });
    const left = await content(target, SIZE - CLUSTER);
    expect(left.every((byte) => byte === OLD)).toBe(true);
  });

  test('over a file that is not at its path any more is refused untouched', async () => {
    const { directory, snapshot } = await disk();
    const image = join(directory, 'd0');
    await truncate(image, 2 * SIZE);
    const before = await readFile(image);
    const other = join(directory, 'other');
    await link(image, other);
    const below = loopDevice(other);
    await unlink(other);
    const targets = [below, loopDevice(below)];
    for (const replaced of [false, true]) {
      if (replaced) await writeFile(`${other} (deleted)`, 'somebody else');
      for (const target of targets)
        await expect(exportSnapshot(snapshot, target)).rejects.toMatchObject({
          code: 'FILE_UNWRITABLE',
          message: expect.stringContaining('cannot be found') as unknown,
        });
    }
    expect(before.equals(await readFile(image))).toBe(true);
  });

  test.each([
    ['another size', 'cannot be found', (image: string) => writeFile(image, 'somebody else')],
    ['the same size', 'a mount may hide that', (image: string) => writeFile(image, '')],
  ])(
    'over an image that a mount hides, with a file of %s, is refused untouched',
    async (_size, why, put) => {
      const { directory, snapshot } = await disk();
      const place = join(directory, 'place');
      await mkdir(place);
      const [image, below] = [join(directory, 'd0'), join(place, 'd0')];
      await truncate(image, 2 * SIZE);
      const before = await readFile(image);
      await link(image, below);
      const target = loopDevice(below);
      execFileSync('mount', ['-t', 'tmpfs', 'none', place]);
      onTestFinished(() => {
        execFileSync('umount', [place]);
      });
      await put(below);
      if (why.startsWith('a mount')) await truncate(below, 2 * SIZE);
      await expect(exportSnapshot(snapshot, target)).rejects.toMatchObject({
        code: 'FILE_UNWRITABLE',
        message: expect.stringContaining(why) as unknown,
      });
      expect(before.equals(await readFile(image))).toBe(true);
    },
  );

  test('over an image of the disk itself is refused untouched, whatever it is stacked on', async () => {
    const { directory, snapshot } = await disk();
    const image = join(directory, 'd0');
    const before = await readFile(image);
    const below = loopDevice(image);
    for (const target of [below, loopDevice(below)])
      await expect(exportSnapshot(snapshot, target, { overwrite: true })).rejects.toMatchObject({
        code: 'FILE_UNWRITABLE',
        message: expect.stringContaining('shows a file of the disk') as unknown,
      });
    expect(before.equals(await readFile(image))).toBe(true);
    await snapshot.checkUnchanged();
  });

  test('that somebody holds is refused untouched', async () => {
    const { directory, snapshot } = await disk();
    const target = await device(directory);
    const held = openSync(target, constants.O_RDWR | constants.O_EXCL);
    try {
      await expect(exportSnapshot(snapshot, target)).rejects.toMatchObject({
        code: 'FILE_UNWRITABLE',
        message: expect.stringContaining('EBUSY') as unknown,
      });
    } finally {
      closeSync(held);
    }
    expect((await content(target, SIZE)).every((byte) => byte === OLD)).toBe(true);
    await exportSnapshot(snapshot, target);
  });

  test.skipIf(!hasDiskPrograms)('that is mounted is refused untouched', async (context) => {
    const { directory, snapshot } = await disk();
    const target = await device(directory);
    const env = { ...process.env, PATH: systemPath };
    execFileSync('mke2fs', ['-q', '-F', '-t', 'ext4', target], { env, stdio: 'ignore' });
    const place = join(directory, 'mounted');
    await mkdir(place);
    const problem = mounted(target, place);
    if (problem !== undefined) return context.skip(`nothing can be mounted: ${problem}`);
    await writeFile(join(place, 'precious'), 'precious');
    await expect(exportSnapshot(snapshot, target, { overwrite: true })).rejects.toMatchObject({
      code: 'FILE_UNWRITABLE',
      message: expect.stringContaining('EBUSY') as unknown,
    });
    expect(await readFile(join(place, 'precious'), 'utf8')).toBe('precious');
  });

  test('is left half written by an export that is stopped, and the next one begins anew', async () => {
    // More than is under way at a time.
    const { directory, model, snapshot } = await disk(1280);
    const target = await device(directory, model.length);
    await expect(
      exportSnapshot(snapshot, target, { ...stopped(), threads: false }),
    ).rejects.toThrow('enough');
    const half = await content(target, model.length);
    expect(half.subarray(-CLUSTER).every((byte) => byte === OLD)).toBe(true);
    const around = [
      ...(await readdir(directory)),
      ...(await readdir(dirname(await realpath(target)))),
    ];
    expect(around.filter((name) => name.includes('.part'))).toEqual([]);
    expect(await exportSnapshot(snapshot, target, { verify: true, hash: true })).toMatchObject({
      resumedAt: 0,
      sha256: sha256(model),
      verified: true,
    });
    expect(model.equals(await content(target, model.length))).toBe(true);
  });

  test('that does not keep what it was given is said by a verification', async () => {
    const { directory, snapshot } = await disk();
    const target = await device(directory);
    const spoil: ExportOptions['progress'] = ({ position }) => {
      if (position < SIZE) return;
      const fd = openSync(target, 'r+');
      writeSync(fd, 'x', SIZE - 1);
      closeSync(fd);
    };
    const exported = exportSnapshot(snapshot, target, { verify: true, progress: spoil });
    await expect(exported).rejects.toMatchObject({ code: 'EXPORT_DIFFERS', diagnostics: [{}] });
  });

  test('that fails when all is written is not a success', async (context) => {
    const { directory, snapshot } = await disk();
    const small = join(directory, 'small');
    await mkdir(small);
    const problem = mounted('-t', 'tmpfs', '-o', 'size=1M', 'tmpfs', small);
    if (problem !== undefined) return context.skip(`nothing can be mounted: ${problem}`);
    const file = join(small, 'device');
    await writeFile(file, '');
    await truncate(file, SIZE);
    const target = loopDevice(file);
    for (const options of [{}, { threads: false }, { verify: true }])
      await expect(exportSnapshot(snapshot, target, options)).rejects.toMatchObject({
        code: 'FILE_UNWRITABLE',
        diagnostics: [{ data: { file: target } }],
      });
  });

  test('has no export of a disk whose image was written to meanwhile', async () => {
    const { directory, snapshot } = await disk();
    const target = await device(directory);
    await truncate(join(directory, 'd0'), snapshot.layers[0]?.source.bytes);
    await expect(exportSnapshot(snapshot, target)).rejects.toMatchObject({ code: 'IMAGE_CHANGED' });
  });
});
