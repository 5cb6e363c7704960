import { createHash } from 'node:crypto';
import { mkdtemp, open, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { mergeDelta } from '@ploop/image';
import { descriptorXml, sample, temporaryDirectory, testGuid } from '@ploop/test-kit';
import { makeSparse, patch, run } from '@ploop/test-kit/disks/sparse-file';
import { hasDiskPrograms } from '@ploop/test-kit/programs';
import { hasQemu, qemuImg, qemuIo, qemuName } from '@ploop/test-kit/qemu';
import fc from 'fast-check';
import { expect, test } from 'vitest';

import { checkDisk } from '../src/check/check-disk.ts';
import { openImageTarget } from '../src/disk/image-file.ts';
import { openImageFile } from '../src/disk/open-image.ts';
import { identifySnapshot } from '../src/disk/identify-snapshot.ts';
import { exportSnapshot } from '../src/export/export-snapshot.ts';
import { diffSnapshots } from '../src/snapshot/diff-snapshots.ts';
import { openSnapshot, type Snapshot } from '../src/snapshot/open-snapshot.ts';
import { diskSpace } from '../src/space/disk-space.ts';

const SECTOR = 512;
/** What QEMU leaves behind: holes and no flag of an empty image; and the files of the test. */
const BESIDES = new Set(['FILE_SPARSE', 'EMPTY_FLAG_WRONG', 'BASE_PLAIN', 'FILES_BESIDE']);

/** One image of a chain: its size, and what is written through the chain that ends with it. */
interface Level {
  /** Whole clusters, and sectors beyond them. */
  readonly clusters: number;
  readonly rest: number;
  /** Where as parts of the disk, in 1/10,000; the end of the disk is 10,000. Length in sectors. */
  readonly writes: readonly { readonly at: number; readonly sectors: number }[];
}

interface Script {
  readonly version: 1 | 2;
  readonly blockSize: number;
  readonly rawBase: boolean;
  readonly levels: readonly Level[];
}

const level = (most: number): fc.Arbitrary<Level> =>
  fc.record({
    clusters: fc.integer({ min: 0, max: 9 }),
    rest: fc.oneof(fc.constantFrom(0, 1, most - 1), fc.integer({ min: 1, max: most - 1 })),
    writes: fc.array(
      fc.record({
        at: fc.oneof(fc.constant(10_000), fc.nat(9_999)),
        sectors: fc.integer({ min: 1, max: 3 * most }),
      }),
      { maxLength: 4 },
    ),
  });

const script: fc.Arbitrary<Script> = fc
  .constantFrom(64, 128, 2048)
  .chain((blockSize) =>
    fc.record({
      version: fc.constantFrom<1 | 2>(1, 2),
      blockSize: fc.constant(blockSize),
      rawBase: fc.oneof(
        { arbitrary: fc.constant(false), weight: 3 },
        { arbitrary: fc.constant(true), weight: 1 },
      ),
      levels: fc.array(level(blockSize), { minLength: 1, maxLength: 4 }),
    }),
  )
  .map(({ levels, ...rest }) => ({ ...rest, levels: growing(levels, rest.blockSize) }));

/** Sizes that never shrink: where a disk shrank and grew again, QEMU reads otherwise, and CHAIN_REGROWN says so. */
function growing(levels: readonly Level[], blockSize: number): readonly Level[] {
  let least = 1;
  return levels.map((one) => {
    const size = Math.max(least, one.clusters * blockSize + one.rest);
    least = size;
    return { ...one, clusters: Math.floor(size / blockSize), rest: size % blockSize };
  });
}

const sectorsOf = ({ clusters, rest }: Level, { blockSize }: Script): number =>
  clusters * blockSize + rest;

/** Makes the disk with QEMU; what it keeps is version 2, and an image of version 1 is that with other entries. */
async function makeDisk(script: Script, directory: string): Promise<readonly string[]> {
  const files: string[] = [];
  for (const [index, one] of script.levels.entries()) {
    const file = join(directory, `d${String(index)}`);
    const bytes = sectorsOf(one, script) * SECTOR;
    const isRaw = script.rawBase && index === 0;
    const options = `cluster_size=${String(script.blockSize * SECTOR)}`;
    if (isRaw) await qemuImg('create', '-q', '-f', 'raw', file, String(bytes));
    else await qemuImg('create', '-q', '-f', 'parallels', '-o', options, file, String(bytes));
    files.push(file);
    const commands = one.writes.map(({ at, sectors }, number) => {
      const length = Math.min(sectors * SECTOR, bytes);
      const start = Math.floor(((bytes - length) / SECTOR) * (at / 10_000)) * SECTOR;
      return `write -P ${String((index * 41 + number * 7 + 1) % 255)} ${String(start)} ${String(length)}`;
    });
    if (commands.length > 0) await qemuIo(await qemuName(files), commands);
    if (!isRaw && one.writes.length > 0) await soil(file, bytes);
  }
  if (script.version === 1)
    for (const file of files.slice(script.rawBase ? 1 : 0)) await toVersion1(file);
  const top = script.levels.at(-1);
  const size = String(top === undefined ? 0 : sectorsOf(top, script));
  const xml = descriptorXml(
    script.levels.map((_, index) => (index === 0 ? {} : { parent: index - 1 })),
    { blockSize: String(script.blockSize), size },
  );
  await writeFile(
    join(directory, 'DiskDescriptor.xml'),
    script.rawBase ? xml.replace('Compressed', 'Plain') : xml,
  );
  return files;
}

/** Fills what the last cluster has beyond the end of the disk: nothing may ever show it. */
async function soil(file: string, bytes: number): Promise<void> {
  const handle = await open(file, 'r+');
  try {
    const start = await handle.readFile();
    const clusterBytes = start.readUInt32LE(28) * SECTOR;
    const last = Math.floor(bytes / clusterBytes);
    const entry = bytes % clusterBytes === 0 ? 0 : start.readUInt32LE(64 + 4 * last);
    const rest = clusterBytes - (bytes % clusterBytes);
    if (entry > 0)
      await handle.write(Buffer.alloc(rest, 0xee), 0, rest, (entry + 1) * clusterBytes - rest);
  } finally {
    await handle.close();
  }
}

async function toVersion1(file: string): Promise<void> {
  const handle = await open(file, 'r+');
  try {
    const bytes = await handle.readFile();
    const [blockSize, entries] = [bytes.readUInt32LE(28), bytes.readUInt32LE(32)];
    bytes.write('WithoutFreeSpace', 'latin1');
    for (let at = 64; at < 64 + 4 * entries; at += 4)
      bytes.writeUInt32LE(bytes.readUInt32LE(at) * blockSize, at);
    await handle.write(bytes.subarray(0, 64 + 4 * entries), 0, 64 + 4 * entries, 0);
  } finally {
    await handle.close();
  }
}

async function withSnapshot<Result>(
  directory: string,
  guid: string | undefined,
  use: (snapshot: Snapshot) => Promise<Result>,
): Promise<Result> {
  const snapshot = await openSnapshot(directory, guid);
  try {
    return await use(snapshot);
  } finally {
    await snapshot.close();
  }
}

/** A disk by QEMU. */
async function byQemu(files: readonly string[], target: string): Promise<Buffer> {
  await qemuImg('convert', '-O', 'raw', await qemuName(files), target);
  return readFile(target);
}

const codesOf = (findings: readonly { readonly code: string }[]): readonly string[] =>
  findings.map(({ code }) => code);

test.runIf(hasQemu)('disks that end within a cluster read as with QEMU, in every way', async () => {
  const root = await temporaryDirectory();
  await fc.assert(
    fc.asyncProperty(script, async (one) => {
      const directory = await mkdtemp(join(root, 'disk'));
      const files = await makeDisk(one, directory);
      const contents: Buffer[] = [];
      for (const [index, at] of one.levels.entries()) {
        const expected = await byQemu(files.slice(0, index + 1), join(directory, 'qemu.raw'));
        contents.push(expected);
        const bytes = sectorsOf(at, one) * SECTOR;
        expect(expected.length).toBe(bytes);
        const guid = index === one.levels.length - 1 ? undefined : testGuid(index);
        await withSnapshot(directory, guid, async (snapshot) => {
          expect(snapshot.size).toBe(bytes);
          expect(expected.equals(await snapshot.read(0, bytes + 1))).toBe(true);
          expect(await snapshot.hash()).toBe(createHash('sha256').update(expected).digest('hex'));
          let end = 0;
          for await (const { start, length } of snapshot.extents()) {
            expect(start).toBe(end);
            end += length;
          }
          expect(end).toBe(bytes);
          const target = join(directory, 'our.raw');
          expect((await exportSnapshot(snapshot, target, { overwrite: true })).size).toBe(bytes);
          expect(expected.equals(await readFile(target))).toBe(true);
        });
      }
      await compareDiffs(one, directory, contents);
      await compareChecks(one, directory, contents);
      await compareMerge(one, files, contents);
      await rm(directory, { recursive: true });
    }),
    sample('sizes within a cluster', 4),
  );
});

/** What a diff does not list is equal in both. */
async function compareDiffs(
  { levels }: Script,
  directory: string,
  contents: readonly Buffer[],
): Promise<void> {
  const [older, newer] = [contents.at(-2), contents.at(-1)];
  if (older === undefined || newer === undefined) return;
  await withSnapshot(directory, testGuid(levels.length - 2), (below) =>
    withSnapshot(directory, undefined, async (top) => {
      const patched = Buffer.alloc(newer.length);
      older.copy(patched);
      for await (const { start, length, data } of diffSnapshots(below, top)) {
        expect(start + length).toBeLessThanOrEqual(newer.length);
        if (data) newer.copy(patched, start, start, start + length);
        else patched.fill(0, start, start + length);
      }
      expect(patched.equals(newer)).toBe(true);
    }),
  );
}

/** The findings that such a disk has, and no other. */
async function compareChecks(
  one: Script,
  directory: string,
  contents: readonly Buffer[],
): Promise<void> {
  const [base, above] = contents;
  const { diagnostics } = await checkDisk(directory, { deep: true });
  // A bare base that the disk has outgrown is behind nothing that the tool would make longer.
  const isOutgrown = one.rawBase && (base?.length ?? 0) < (contents.at(-1)?.length ?? 0);
  const odd = one.levels.filter(({ rest }, index) => rest > 0 && !(isOutgrown && index === 0));
  const codes = codesOf(diagnostics).filter((code) => !BESIDES.has(code));
  // A bare base that the disk has outgrown looks like one that was cut.
  const isShorter = one.rawBase && (base?.length ?? 0) < (above?.length ?? 0);
  const expected = [...(isShorter ? ['BASE_SHORTER'] : []), ...odd.map(() => 'SIZE_NOT_WHOLE')];
  expect(codes.toSorted()).toEqual(expected);
  const { images } = await diskSpace(directory);
  for (const { bytes, allocated, unused } of images) {
    expect(unused).toBe(0);
    expect(allocated).toBeLessThanOrEqual(bytes + one.blockSize * SECTOR);
  }
}

/** A merge of the top into what is below leaves what both read as, and its size. */
async function compareMerge(
  { rawBase, levels }: Script,
  files: readonly string[],
  contents: readonly Buffer[],
): Promise<void> {
  const [lower, upper, expected] = [files.at(-2), files.at(-1), contents.at(-1)];
  if (lower === undefined || upper === undefined || expected === undefined) return;
  const target = await openImageTarget(lower);
  const source = await openImageFile(upper);
  try {
    await mergeDelta(target, source, { rawBase: rawBase && levels.length === 2 });
  } finally {
    await target.close();
    await source.close();
  }
  const merged = await byQemu(files.slice(0, -1), `${lower}.raw`);
  expect(merged.length).toBe(expected.length);
  expect(merged.equals(expected)).toBe(true);
}

test.runIf(hasQemu && hasDiskPrograms).each([1, 2] as const)(
  'version %i of 15,500 sectors: all of it is read, the backup of its partition table included',
  async (version) => {
    const directory = await temporaryDirectory();
    const raw = join(directory, 'plain.raw');
    await makeSparse(raw, 15_500 * SECTOR);
    run('sgdisk', ['-n', '1:0:0', '-c', '1:root', raw]);
    // Only the copy at the end of the disk is left.
    await patch(raw, SECTOR, new Uint8Array(SECTOR));
    const file = join(directory, 'd0');
    await qemuImg('convert', '-f', 'raw', '-O', 'parallels', raw, file);
    if (version === 1) await toVersion1(file);
    await writeFile(join(directory, 'DiskDescriptor.xml'), descriptorXml([{}], { size: '15500' }));
    const codes = codesOf((await checkDisk(directory, { deep: true })).diagnostics);
    expect(codes.filter((code) => !BESIDES.has(code))).toEqual([
      'SIZE_NOT_WHOLE',
      'PARTITION_TABLE_DAMAGED',
    ]);
    await withSnapshot(directory, undefined, async (snapshot) => {
      expect(snapshot.diagnostics).toEqual([]);
      expect(Buffer.compare(await snapshot.read(0, snapshot.size), await readFile(raw))).toBe(0);
    });
    expect((await identifySnapshot(directory)).partitionTable?.partitions).toMatchObject([
      { name: 'root' },
    ]);
  },
);

test.runIf(hasQemu)(
  'a file that ends where the disk does, within its last cluster, is whole',
  async () => {
    const directory = await temporaryDirectory();
    const raw = join(directory, 'plain.raw');
    await writeFile(raw, Buffer.alloc(100 * SECTOR, 7));
    const file = join(directory, 'd0');
    const options = ['-o', `cluster_size=${String(64 * SECTOR)}`];
    await qemuImg('convert', '-f', 'raw', '-O', 'parallels', ...options, raw, file);
    await truncate(file, (64 + 100) * SECTOR);
    const xml = descriptorXml([{}], { blockSize: '64', size: '100' });
    await writeFile(join(directory, 'DiskDescriptor.xml'), xml);
    await withSnapshot(directory, undefined, async (snapshot) => {
      expect(Buffer.compare(await snapshot.read(0, snapshot.size), await readFile(raw))).toBe(0);
    });
    await truncate(file, (64 + 100) * SECTOR - 1);
    await withSnapshot(directory, undefined, async (snapshot) => {
      await expect(snapshot.read(0, snapshot.size)).rejects.toMatchObject({
        code: 'CLUSTER_BEYOND_END',
      });
    });
  },
);
