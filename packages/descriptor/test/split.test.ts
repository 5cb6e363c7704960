import { createHash } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';

import { sample, temporaryDirectory } from '@ploop/test-kit';
import { hasQemu, qemuImg, qemuName } from '@ploop/test-kit/qemu';
import fc from 'fast-check';
import { expect, test } from 'vitest';

import { dataPieces } from '../src/image/data-pieces.ts';
import { diskReader } from '../src/image/read-chain.ts';
import { checkDisk } from '../src/node/check-disk.ts';
import { openImageFile } from '../src/node/open-image.ts';
import { openSnapshot, type Snapshot } from '../src/node/open-snapshot.ts';
import { snapshotFiles, sourceParts } from '../src/node/snapshot-files.ts';
import { runAsync, runSync } from '../src/steps.ts';
import { makeSplitDisk, splitScript, type SplitDisk } from './disks/split-disk.ts';

const counts = { disks: 0, parts: 0, snapshots: 0, ways: 0, qemu: 0 };

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

test('a split disk reads as its parts one behind the other, in every way', async () => {
  const root = await temporaryDirectory();
  await fc.assert(
    fc.asyncProperty(splitScript, fc.nat(9), async (script, luck) => {
      const directory = await mkdtemp(join(root, 'disk '));
      const disk = await makeSplitDisk(script, directory);
      counts.disks += 1;
      counts.parts += script.parts.length;
      for (const { guid, bytes } of disk.shots) {
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
        await snapshot.close();
        for (const look of await looks(directory, guid)) expect(bytes.equals(look)).toBe(true);
        counts.snapshots += 1;
      }
      const { diagnostics, images } = await checkDisk(directory, { deep: true });
      const expected = script.parts.length > 1 ? ['STORAGE_SPLIT'] : [];
      expect(
        diagnostics.filter(({ severity }) => severity === 'error').map(({ code }) => code),
      ).toEqual(expected);
      expect(images).toHaveLength(script.parts.length * script.parents.length);
      if (hasQemu && (luck === 0 || counts.qemu === 0)) await compareWithQemu(disk, root);
      await rm(directory, { recursive: true });
    }),
    sample('split', 12),
  );
  console.info(`split disks: ${JSON.stringify(counts)}`);
});
