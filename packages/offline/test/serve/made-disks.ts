import { open, readFile, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { makeSplitDisk, splitScript } from '@ploop/test-kit/disks/split-disk';
import { qemuImg, qemuIo, qemuName } from '@ploop/test-kit/qemu';
import fc from 'fast-check';

import { diskSpec, makeDisk, randomFrom } from '../ways-out/random-disk.ts';

/** A disk to serve, and a raw disk that QEMU or the maker of the disk has put together. */
interface Made {
  readonly path: string;
  readonly raw: string;
}

/** Makes a disk in a directory. */
export type Making = (directory: string) => Promise<Made>;

const chain: fc.Arbitrary<Making> = diskSpec.map((spec) => async (directory) => {
  const { images } = await makeDisk(spec, directory);
  const raw = join(directory, 'copy');
  await qemuImg('convert', '-O', 'raw', await qemuName(images), raw);
  return { path: directory, raw };
});

const split: fc.Arbitrary<Making> = splitScript.map((script) => async (directory) => {
  const path = join(directory, 'split.hdd');
  const { shots } = await makeSplitDisk(script, path);
  const raw = join(directory, 'copy');
  await writeFile(raw, shots.at(-1)?.bytes ?? '');
  return { path, raw };
});

/** A bare disk of any number of bytes, mostly holes. */
const bare: fc.Arbitrary<Making> = fc
  .record({ size: fc.integer({ min: 1, max: 5_000_000 }), seed: fc.nat() })
  .map(({ size, seed }) => async (directory) => {
    const random = randomFrom(seed);
    const path = join(directory, 'disk.raw');
    const file = await open(path, 'w');
    await file.truncate(size);
    for (let count = random(20); count > 0; count -= 1) {
      const at = random(size);
      const bytes = Buffer.alloc(Math.min(size - at, random(100_000)), 1 + random(255));
      await file.write(bytes, 0, bytes.length, at);
    }
    await file.close();
    const raw = join(directory, 'copy');
    await writeFile(raw, await readFile(path));
    // A disk has whole sectors.
    await truncate(raw, Math.ceil(size / 512) * 512);
    return { path, raw };
  });

/** A qcow2 image over a bare disk, with compressed and zero clusters. */
const qcow2: fc.Arbitrary<Making> = fc
  .record({
    sectors: fc.integer({ min: 1, max: 20_000 }),
    bits: fc.constantFrom(9, 12, 16, 21),
    seed: fc.nat(),
  })
  .map(({ sectors, bits, seed }) => async (directory) => {
    const random = randomFrom(seed);
    const size = sectors * 512;
    const writes = (limit: number): readonly string[] =>
      Array.from({ length: 1 + random(8) }, () => {
        const at = random(limit);
        const length = 1 + random(Math.min(limit - at, 300_000));
        const kind = random(4) === 0 ? '-z' : `-P ${String(1 + random(255))}`;
        return `write ${kind} ${String(at)} ${String(length)}`;
      });
    const below = 512 * (1 + random(sectors));
    await qemuImg('create', '-q', '-f', 'raw', join(directory, 'base.raw'), String(below));
    await qemuIo(join(directory, 'base.raw'), writes(below), 'raw');
    const path = join(directory, 'top.qcow2');
    const options = `backing_file=base.raw,backing_fmt=raw,cluster_size=${String(2 ** bits)}`;
    await qemuImg('create', '-q', '-f', 'qcow2', '-o', options, path, String(size));
    await qemuIo(path, writes(size), 'qcow2');
    const raw = join(directory, 'copy');
    await qemuImg('convert', '-O', 'raw', path, raw);
    return { path, raw };
  });

/** Disks of every kind. */
export const anyDisk: fc.Arbitrary<Making> = fc.oneof(
  { weight: 3, arbitrary: chain },
  { weight: 2, arbitrary: split },
  { weight: 2, arbitrary: bare },
  { weight: 3, arbitrary: qcow2 },
);
