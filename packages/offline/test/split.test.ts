import { createHash } from 'node:crypto';
import { copyFile, mkdtemp, readFile, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { buffer } from 'node:stream/consumers';

import { isRefusal } from '@ploop/descriptor';
import { runAsync, runSync } from '@ploop/descriptor/internal';
import { dataPieces, qemuChain } from '@ploop/image';
import { diskReader } from '@ploop/image/internal';
import { sample, temporaryDirectory } from '@ploop/test-kit';
import {
  makeSplitDisk,
  splitScript,
  type SplitDisk,
  type SplitScript,
  type SplitShot,
} from '@ploop/test-kit/disks/split-disk';
import { hasQemu, qemuImg, qemuName } from '@ploop/test-kit/qemu';
import fc from 'fast-check';
import { expect, test } from 'vitest';

import { backupSet } from '../src/backup/backup-set.ts';
import { parseBackupSet } from '../src/backup/parse-backup-set.ts';
import { restoreBackup } from '../src/backup/restore-backup.ts';
import { verifyBackup } from '../src/backup/verify-backup.ts';
import { checkDisk } from '../src/check/check-disk.ts';
import { openImageFile } from '../src/disk/open-image.ts';
import { snapshotFiles, sourceParts } from '../src/disk/snapshot-files.ts';
import type { ExportOptions } from '../src/export/export-options.ts';
import { exportSnapshot } from '../src/export/export-snapshot.ts';
import { diffSnapshots } from '../src/snapshot/diff-snapshots.ts';
import { openSnapshot, type Snapshot } from '../src/snapshot/open-snapshot.ts';
import { diskSpace } from '../src/space/disk-space.ts';

/** By image, in the order of the descriptor: bytes of the disk that it holds. */
function allocatedBytes({ parts, parents }: SplitScript): readonly number[] {
  return parts.flatMap(({ plain, blockSize, clusters, tail, allocated }) =>
    parents.map((_, shot) => {
      const all = clusters + (tail > 0 ? Math.ceil(tail / blockSize) : 0);
      return (plain && shot === 0 ? all : (allocated[shot]?.length ?? 0)) * blockSize * 512;
    }),
  );
}

const counts = {
  disks: 0,
  parts: 0,
  snapshots: 0,
  ways: 0,
  exports: 0,
  backups: 0,
  diffs: 0,
  qemu: 0,
};

/** Every way to read a whole disk, each as one buffer. */
const ways: Readonly<Record<string, (snapshot: Snapshot) => Promise<Uint8Array>>> = {
  read: (snapshot) => snapshot.read(0, snapshot.size),
  'small reads': async (snapshot) => {
    const bytes = Buffer.alloc(snapshot.size);
    const step = 70_001;
    for (let at = 0; at < snapshot.size; at += step)
      await snapshot.readInto(bytes.subarray(at, at + step), at);
    return bytes;
  },
  stream: (snapshot) => buffer(snapshot.createReadStream()),
  'web stream': (snapshot) => buffer(snapshot.createWebStream()),
  extents: async ({ size, layers, extents }) => {
    const bytes = Buffer.alloc(size);
    for await (const extent of extents())
      if (extent.allocated)
        await layers[extent.layer]?.source.readAt(
          bytes.subarray(extent.start, extent.start + extent.length),
          extent.offset,
        );
    return bytes;
  },
  pieces: async (snapshot) => {
    const bytes = Buffer.alloc(snapshot.size);
    for await (const piece of dataPieces(snapshot, { pieceBytes: 100_000 })) {
      bytes.set(piece.bytes, piece.position);
      piece.release();
    }
    return bytes;
  },
};

/** Files that are written in different ways: by threads or the event loop, with holes or without. */
const exports: readonly ExportOptions[] = [
  { threads: true, verify: true, sync: false },
  { threads: true, sparse: false, sync: false },
  { threads: false, hash: true, sync: false },
  { threads: false, sparse: false, verify: true, sync: false },
];

async function compareExports(snapshot: Snapshot, bytes: Buffer, root: string): Promise<void> {
  for (const [index, options] of exports.entries()) {
    const output = join(root, `export ${String(index)}`);
    await exportSnapshot(snapshot, output, options);
    expect(bytes.equals(await readFile(output))).toBe(true);
    await rm(output);
    counts.exports += 1;
  }
}

/** A backup in another directory, by way of its JSON, is the snapshot. */
async function compareBackup(directory: string, guid: string, bytes: Buffer): Promise<void> {
  const set = parseBackupSet(
    JSON.stringify(await backupSet(directory, guid, { top: true, hash: true })),
  );
  const target = await mkdtemp(join(dirname(directory), 'backup '));
  for (const { source, name } of set.files) await copyFile(source, join(target, name));
  await restoreBackup(target, set);
  const restored = await openSnapshot(target);
  expect(restored).toMatchObject({ live: true, diagnostics: [] });
  expect(bytes.equals(await restored.read(0, restored.size))).toBe(true);
  await restored.close();
  await rm(join(target, set.files.at(-1)?.name ?? ''));
  expect(await verifyBackup(target, set)).toMatchObject([{ code: 'DELTA_MISSING' }]);
  await rm(target, { recursive: true });
  counts.backups += 1;
}

/** What is not listed is equal. */
async function compareDiff(older: SplitShot, newer: SplitShot, directory: string): Promise<void> {
  const [before, after] = [
    await openSnapshot(directory, older.guid),
    await openSnapshot(directory, newer.guid),
  ];
  const patched = Buffer.from(older.bytes);
  for await (const { start, length } of diffSnapshots(before, after))
    newer.bytes.copy(patched, start, start, start + length);
  expect(patched.equals(newer.bytes)).toBe(true);
  await Promise.all([before.close(), after.close()]);
  counts.diffs += 1;
}

/** The bytes that a look without a chain reads, in both of its worlds. */
async function looks(path: string, guid: string): Promise<readonly Uint8Array[]> {
  const { images, parts } = await snapshotFiles(path, guid);
  const files = await Promise.all(images.map((image) => openImageFile(image.path)));
  try {
    const { size, read } = await runAsync(diskReader(sourceParts(parts, files)));
    const [blocking, other] = [Buffer.alloc(size), Buffer.alloc(size)];
    runSync(read(blocking, 0));
    await runAsync(read(other, 0));
    return [blocking, other];
  } finally {
    await Promise.all(files.map((file) => file.close()));
  }
}

async function compareWithQemu({ shots, sizes }: SplitDisk, root: string): Promise<void> {
  for (const { files, bytes } of shots)
    for (const [index, size] of sizes.entries()) {
      const start = sizes.slice(0, index).reduce((sum, one) => sum + one, 0);
      const output = join(root, 'part.raw');
      await qemuImg('convert', '-O', 'raw', await qemuName(files[index] ?? []), output);
      const { read, close } = await rawFile(output);
      expect(bytes.subarray(start, start + size).equals(await read())).toBe(true);
      await close();
      counts.qemu += 1;
    }
}

/** The line for QEMU writes the disk that this package reads. */
async function compareRecipe(snapshot: Snapshot, bytes: Buffer, root: string): Promise<void> {
  const output = join(root, 'whole.raw');
  const { argv } = qemuChain(snapshot, { output });
  await qemuImg(...argv.convert.slice(1));
  expect(bytes.equals(await readFile(output))).toBe(true);
}

async function rawFile(path: string): Promise<{
  readonly read: () => Promise<Uint8Array>;
  readonly close: () => Promise<void>;
}> {
  const { bytes, readAt, close } = await openImageFile(path);
  return {
    read: async () => {
      const target = new Uint8Array(bytes);
      await readAt(target, 0);
      return target;
    },
    close,
  };
}

test('a split disk reads as its parts one after the other, in every way', async () => {
  const root = await temporaryDirectory();
  await fc.assert(
    fc.asyncProperty(splitScript, fc.nat(9), async (script, chance) => {
      const luck = counts.qemu === 0 ? 0 : chance;
      const directory = await mkdtemp(join(root, 'disk '));
      const disk = await makeSplitDisk(script, directory);
      counts.disks += 1;
      counts.parts += script.parts.length;
      const written = disk.shots[chance % disk.shots.length];
      for (const shot of disk.shots) {
        const { guid, bytes } = shot;
        const snapshot = await openSnapshot(directory, guid);
        expect(snapshot).toMatchObject({ size: bytes.length, diagnostics: [], guid });
        for (const [name, way] of Object.entries(ways)) {
          expect(bytes.equals(await way(snapshot)), name).toBe(true);
          counts.ways += 1;
        }
        const range = { start: Math.floor(bytes.length / 3), end: bytes.length - 7 };
        const part = bytes.subarray(range.start, range.end);
        expect(part.equals(await buffer(snapshot.createReadStream(range)))).toBe(true);
        expect(await snapshot.hash()).toBe(createHash('sha256').update(bytes).digest('hex'));
        if (shot === written && hasQemu && luck === 0) await compareRecipe(snapshot, bytes, root);
        if (shot === written) await compareExports(snapshot, bytes, root);
        await snapshot.close();
        if (shot === written) await compareBackup(directory, guid, bytes);
        for (const look of await looks(directory, guid)) expect(bytes.equals(look)).toBe(true);
        counts.snapshots += 1;
      }
      const [older, newer] = [disk.shots[0], disk.shots.at(-1)];
      if (older !== undefined && newer !== undefined && older !== newer)
        await compareDiff(older, newer, directory);
      const { diagnostics, images } = await checkDisk(directory, { deep: true });
      expect(diagnostics.filter(({ severity }) => severity === 'error')).toEqual([]);
      const refusals = diagnostics.filter(isRefusal).map(({ code }) => code);
      expect(refusals).toEqual(script.parts.length > 1 ? ['STORAGE_SPLIT'] : []);
      expect(images).toHaveLength(script.parts.length * script.parents.length);
      const space = await diskSpace(directory);
      expect(space.images.map(({ bytes }) => bytes)).toEqual(
        images.map(({ description }) => description.fileBytes),
      );
      for (const [index, { allocated }] of space.images.entries())
        expect(allocated).toBe(allocatedBytes(script)[index]);
      if (hasQemu && luck === 0) await compareWithQemu(disk, root);
      await rm(directory, { recursive: true });
    }),
    sample('split', 4),
  );
  console.info(`split disks: ${JSON.stringify(counts)}`);
});
