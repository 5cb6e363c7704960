import { spawnSync } from 'node:child_process';
import { readFile, mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { parseImageHeader, memorySource } from '@ploop/descriptor/internal';
import { mergeDelta } from '@ploop/image';
import { descriptorXml, hasTool, imageBytes, sample, temporaryDirectory } from '@ploop/test-kit';
import { memoryTarget } from '@ploop/test-kit/disks/memory-target';
import { systemPath } from '@ploop/test-kit/programs';
import { hasQemu, qemuImg, qemuName } from '@ploop/test-kit/qemu';
import fc from 'fast-check';
import { expect, test } from 'vitest';

import { checkDisk } from '../src/check/check-disk.ts';
import { openSnapshot } from '../src/snapshot/open-snapshot.ts';
import { diskSpace } from '../src/space/disk-space.ts';

const SECTOR = 512;

interface Foreign {
  readonly version: 1 | 2;
  /** Sectors of a cluster. */
  readonly blockSize: number;
  /** Sectors of the disk. */
  readonly size: number;
  /** As stated; 0: after the table. */
  readonly firstBlock: number;
  /** Where the first cluster is in the file, in sectors. */
  readonly start: number;
  /** Allocated clusters, in the order of the file. */
  readonly order: readonly number[];
}

const foreign: fc.Arbitrary<Foreign> = fc
  .record({
    version: fc.constantFrom<1 | 2>(1, 1, 1, 2),
    blockSize: fc.constantFrom(1, 8, 63, 64, 65, 504, 512, 2048),
    clusters: fc.integer({ min: 1, max: 24 }),
    rest: fc.nat(2047),
    offset: fc.constantFrom('stated as 0', 'after the table', '8 sectors', 'a cluster', 'late'),
    skip: fc.nat(3),
    order: fc.uniqueArray(fc.nat(23), { maxLength: 24 }),
  })
  .map(({ version, blockSize, clusters, rest, offset, skip, order }) => {
    const size = clusters * blockSize - (rest % blockSize);
    const behind = Math.ceil((64 + 4 * clusters) / SECTOR);
    const whole = Math.ceil(behind / blockSize) * blockSize;
    const stated = {
      'stated as 0': 0,
      'after the table': behind,
      '8 sectors': Math.max(behind, 8),
      'a cluster': whole,
      late: version === 1 ? behind + 7 : whole + blockSize,
    }[offset];
    const firstBlock =
      version === 2 && stated % blockSize !== 0 ? whole : stated || (version === 2 ? whole : 0);
    const allocated = order.filter((cluster) => cluster < clusters);
    // Without a stated beginning, clusters can be anywhere after the table; a gap of whole ones is not used.
    const start = firstBlock === 0 ? behind + Math.min(skip, blockSize - 1) : firstBlock;
    return { version, blockSize, size, firstBlock, start, order: allocated };
  });

/** The bytes of such an image, by arithmetic of its own. */
function bytesOf({ version, blockSize, size, firstBlock, start, order }: Foreign): Buffer {
  const clusters = Math.ceil(size / blockSize);
  const bytes = Buffer.alloc((start + order.length * blockSize) * SECTOR);
  bytes.write(version === 1 ? 'WithoutFreeSpace' : 'WithouFreSpacExt', 'latin1');
  bytes.writeUInt32LE(2, 16);
  bytes.writeUInt32LE(blockSize, 28);
  bytes.writeUInt32LE(clusters, 32);
  bytes.writeBigUInt64LE(BigInt(size), 36);
  bytes.writeUInt32LE(firstBlock, 48);
  for (const [place, cluster] of order.entries()) {
    const sector = start + place * blockSize;
    bytes.writeUInt32LE(version === 1 ? sector : sector / blockSize, 64 + 4 * cluster);
    bytes.fill(1 + ((cluster * 7) % 250), sector * SECTOR, (sector + blockSize) * SECTOR);
  }
  return bytes;
}

const isTaken = ({ blockSize, firstBlock }: Foreign): boolean =>
  blockSize >= 64 &&
  (blockSize & (blockSize - 1)) === 0 &&
  firstBlock !== 0 &&
  firstBlock % blockSize === 0;

const BESIDES = new Set(['SIZE_NOT_WHOLE', 'EMPTY_FLAG_WRONG', 'HEADER_INEXACT', 'DELTA_ORPHANED']);

async function makeDisk(
  directory: string,
  bytes: Uint8Array,
  { blockSize, size }: Foreign,
): Promise<string> {
  const xml = descriptorXml([{}], { blockSize: String(blockSize), size: String(size) });
  await writeFile(join(directory, 'DiskDescriptor.xml'), xml);
  const file = join(directory, 'd0');
  await writeFile(file, bytes);
  return file;
}

test.runIf(hasQemu)('images that the format allows read as with QEMU', async () => {
  const root = await temporaryDirectory();
  const counts = { foreign: 0, taken: 0 };
  await fc.assert(
    fc.asyncProperty(foreign, async (one) => {
      const directory = await mkdtemp(join(root, 'disk'));
      const bytes = bytesOf(one);
      const file = await makeDisk(directory, bytes, one);
      await qemuImg('convert', '-O', 'raw', await qemuName([file]), `${file}.raw`);
      const expected = await readFile(`${file}.raw`);
      await rm(`${file}.raw`);
      const isForeign = !isTaken(one);
      counts[isForeign ? 'foreign' : 'taken'] += 1;

      const snapshot = await openSnapshot(directory);
      expect(snapshot.size).toBe(one.size * SECTOR);
      expect(expected.equals(await snapshot.read(0, snapshot.size))).toBe(true);
      await snapshot.close();

      const { diagnostics, images } = await checkDisk(directory, { deep: true });
      const codes = diagnostics.map(({ code }) => code).filter((code) => !BESIDES.has(code));
      expect(codes.includes('IMAGE_FOREIGN')).toBe(isForeign);
      expect(
        codes.filter((code) => !['IMAGE_FOREIGN', 'BLOCK_SIZE_INVALID'].includes(code)),
      ).toEqual([]);
      expect(images[0]?.usage).toMatchObject({
        allocated: one.order.length,
        used: one.order.length,
        unused: 0,
      });
      const space = await diskSpace(directory);
      expect(space.images[0]?.allocated).toBe(one.order.length * one.blockSize * SECTOR);

      // The limits of the tool are distinguished from what can be read.
      const header = parseImageHeader(Buffer.concat([bytes, Buffer.alloc(4096)]), 'f').header;
      const isSize = one.blockSize >= 64 && (one.blockSize & (one.blockSize - 1)) === 0;
      expect(header !== undefined).toBe(isSize);
      await rm(directory, { recursive: true });
    }),
    sample('images of the format', 10),
  );
  console.info('images of the format:', JSON.stringify(counts));
});

test('a foreign image is never merged, and nothing of it is written', async () => {
  const image: Foreign = {
    version: 1,
    blockSize: 63,
    size: 630,
    firstBlock: 0,
    start: 1,
    order: [0, 3],
  };
  const target = memoryTarget('lower', bytesOf(image));
  const upper = memorySource('upper', bytesOf(image));
  await expect(mergeDelta(target, upper)).rejects.toMatchObject({ code: 'IMAGE_FOREIGN' });
  expect(target.operations).toEqual([]);
});

test.runIf(hasQemu)(
  'an image above another one that is converted by itself hides what is below',
  async () => {
    const directory = await temporaryDirectory();
    const file = join(directory, 'delta');
    const parts: Foreign = {
      version: 1,
      blockSize: 63,
      size: 4096,
      firstBlock: 63,
      start: 63,
      order: [0],
    };
    await writeFile(file, bytesOf(parts));
    const allocated = async (): Promise<number> => {
      const map = await qemuImg('map', '--output=json', '-f', 'parallels', file);
      const extents = JSON.parse(map) as readonly {
        readonly present: boolean;
        readonly length: number;
      }[];
      return extents.reduce((sum, { present, length }) => sum + (present ? length : 0), 0);
    };
    expect(await allocated()).toBe(63 * SECTOR);
    await qemuImg('convert', '-f', 'parallels', '-O', 'parallels', file, `${file}.new`);
    await rename(`${file}.new`, file);
    expect(await allocated()).toBe(2 ** 20);
  },
);

test.runIf(hasTool)('the tool opens none of them', async () => {
  const directory = await temporaryDirectory();
  const path = join(directory, 'root.hdd');
  const env = { ...process.env, PATH: systemPath, LC_ALL: 'C', PLOOP_PAD: 'x'.repeat(8192) };
  const base: Foreign = {
    version: 1,
    blockSize: 64,
    size: 640,
    firstBlock: 64,
    start: 64,
    order: [0, 3],
  };
  const check = async (changes: Partial<Foreign>): Promise<number | null> => {
    await writeFile(path, Buffer.concat([bytesOf({ ...base, ...changes }), Buffer.alloc(0)]));
    return spawnSync('ploop', ['check', '-f', '-S', '-r', path], { env }).status;
  };
  expect(await check({})).toBe(0);
  expect(await check({ blockSize: 63, firstBlock: 63, start: 63, size: 630 })).toBe(11);
  expect(await check({ firstBlock: 0, start: 64 })).toBe(11);
  expect(await check({ firstBlock: 8, start: 8 })).toBe(11);
});

test('a table that is longer than the disk needs is a note', async () => {
  const directory = await temporaryDirectory();
  const bytes = imageBytes({ version: 1, clusters: 64, size: 32n * 64n }, [64]);
  await makeDisk(directory, bytes, {
    version: 1,
    blockSize: 64,
    size: 2048,
    firstBlock: 64,
    start: 64,
    order: [0],
  });
  const { diagnostics } = await checkDisk(directory, { deep: true });
  expect(diagnostics).toMatchObject([
    { code: 'BAT_LONGER', severity: 'info', data: { entries: 64, clusters: 32 } },
  ]);
});
