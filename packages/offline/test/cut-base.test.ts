import { spawnSync } from 'node:child_process';
import { mkdtemp, readFile, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { type Diagnostic } from '@ploop/descriptor';
import { descriptorXml, hasTool, imageBytes, temporaryDirectory } from '@ploop/test-kit';
import { expect, test } from 'vitest';

import { checkDisk } from '../src/check/check-disk.ts';
import { sizeWhenMade } from '../src/disk/size-when-made.ts';
import { identifySnapshot } from '../src/disk/identify-snapshot.ts';
import { exportSnapshot } from '../src/export/export-snapshot.ts';
import { openSnapshot } from '../src/snapshot/open-snapshot.ts';
import { diskSpace } from '../src/space/disk-space.ts';

const CLUSTER = 32_768;
const CLUSTERS = 16;
const DISK = CLUSTERS * CLUSTER;
/** 16 heads and 32 sectors per track, as the tool writes it for this size. */
const GEOMETRY = '<Cylinders>2</Cylinders><Heads>16</Heads>';

interface Cut {
  /** Which clusters each image above the base has. */
  readonly above: readonly (readonly number[])[];
  readonly bytes: number;
  /** Sectors of the disk, if it grew since. */
  readonly size?: number;
}

/** A bare disk with images above it, and the file of the base as long as it is said. */
async function cutDisk({ above, bytes, size = DISK / 512 }: Cut): Promise<string> {
  const directory = await mkdtemp(join(await temporaryDirectory(), 'disk'));
  const nodes = [{}, ...above.map((_, index) => ({ parent: index }))];
  const xml = descriptorXml(nodes, { blockSize: '64', size: String(size) });
  const text = xml
    .replaceAll('Compressed', 'Plain')
    .replace('<Cylinders>400</Cylinders><Heads>16</Heads>', GEOMETRY);
  await writeFile(join(directory, 'DiskDescriptor.xml'), text);
  await writeFile(join(directory, 'd0'), Buffer.alloc(bytes, 'base'));
  const clusters = (size * 512) / CLUSTER;
  for (const [index, has] of above.entries()) {
    const bat = Array.from({ length: clusters }, (_, at) => has.indexOf(at) + 1);
    const header = {
      version: 2,
      blockSize: 64,
      clusters,
      flags: has.length === 0 ? 1 : 0,
    } as const;
    await writeFile(join(directory, `d${String(index + 1)}`), imageBytes(header, bat, has.length));
  }
  return directory;
}

const grave = (findings: readonly Diagnostic[]): readonly string[] =>
  findings.filter(({ severity }) => severity !== 'info').map(({ code }) => code);

const KEPT = 10 * CLUSTER;

test.each<[string, readonly (readonly number[])[], readonly (readonly [number, number])[]]>([
  ['nothing above it', [[]], [[10, 16]]],
  [
    'a part of the end above it',
    [[1, 12, 13]],
    [
      [10, 12],
      [14, 16],
    ],
  ],
  ['two images above it', [[15], [2, 10]], [[11, 15]]],
  ['all of the end above it', [[10, 11, 12, 13, 14, 15]], []],
])('the base was cut, %s: an error everywhere, and a salvage lists it', async (_, above, lost) => {
  const directory = await cutDisk({ above, bytes: KEPT });
  const top = join(directory, 'target');
  const snapshot = await openSnapshot(directory);
  expect(grave(snapshot.diagnostics)).toEqual(['BASE_TRUNCATED']);
  expect(snapshot.diagnostics[0]?.data).toEqual({
    ...{ file: join(directory, 'd0'), bytes: KEPT, end: DISK, lost: DISK - KEPT, geometry: true },
  });
  const exported = await exportSnapshot(snapshot, top, { threads: false });
  expect(exported.diagnostics?.map(({ code }) => code)).toEqual(['BASE_TRUNCATED']);
  const salvaged = await exportSnapshot(snapshot, `${top}2`, { salvage: true });
  await snapshot.close();
  const ranges = salvaged.lost?.map(({ start, end, code, offset }) => [start, end, code, offset]);
  expect(ranges).toEqual(
    lost.map(([start, end]) => [
      ...[start * CLUSTER, end * CLUSTER, 'BASE_TRUNCATED', start * CLUSTER],
    ]),
  );
  expect(salvaged.lostBytes).toBe(
    lost.reduce((sum, [start, end]) => sum + end - start, 0) * CLUSTER,
  );
  expect((await readFile(top)).equals(await readFile(`${top}2`))).toBe(true);

  for (const deep of [false, true]) {
    const { diagnostics } = await checkDisk(directory, { deep });
    expect(grave(diagnostics)).toContain('BASE_TRUNCATED');
  }
  const space = await diskSpace(directory);
  expect(grave(space.diagnostics)).toContain('BASE_TRUNCATED');
  expect(grave((await identifySnapshot(directory)).diagnostics)).toEqual(['BASE_TRUNCATED']);
});

test('an older state that is a cut base alone gets its size back from a salvage', async () => {
  const directory = await cutDisk({ above: [[]], bytes: KEPT });
  const target = join(directory, 'target');
  const [base] = (await openSnapshot(directory)).images;
  const snapshot = await openSnapshot(directory, base?.guid);
  expect(grave(snapshot.diagnostics)).toEqual(['BASE_TRUNCATED']);
  const { size, lost } = await exportSnapshot(snapshot, target, { salvage: true });
  await snapshot.close();
  expect([size, lost?.map(({ start, end }) => [start, end])]).toEqual([DISK, [[KEPT, DISK]]]);
});

test('a disk that grew has a shorter base: a warning', async () => {
  const directory = await cutDisk({ above: [[1]], bytes: DISK, size: (2 * DISK) / 512 });
  const snapshot = await openSnapshot(directory);
  expect(grave(snapshot.diagnostics)).toEqual(['BASE_SHORTER']);
  const target = join(directory, 'target');
  const exported = await exportSnapshot(snapshot, target, { salvage: true });
  await snapshot.close();
  expect([exported.lost, exported.diagnostics?.map(({ code }) => code)]).toEqual([
    [],
    ['BASE_SHORTER'],
  ]);
  const { diagnostics } = await checkDisk(directory, { deep: true });
  expect(grave(diagnostics)).toEqual(['BASE_SHORTER']);
});

test('a geometry that the tool gives to no size says nothing', () => {
  const made = (cylinders: number, heads: number, size: number): number | undefined =>
    sizeWhenMade({ geometry: { cylinders, heads }, size } as Parameters<typeof sizeWhenMade>[0]);
  expect(made(2, 16, 1024)).toBe(DISK);
  expect(made(0, 16, 1024)).toBeUndefined();
  expect(made(3, 7, 1024)).toBeUndefined();
  expect(made(4, 16, 1024)).toBeUndefined();
});

test.skipIf(!hasTool)(
  'the geometry of the tool says how large a disk was when it was made',
  async () => {
    const run = (directory: string, ...argv: readonly string[]): void => {
      const env = { ...process.env, PLOOP_PAD: 'x'.repeat(8192) };
      const { status, stderr } = spawnSync('ploop', argv, {
        cwd: directory,
        env,
        encoding: 'utf8',
      });
      if (status !== 0) throw new Error(stderr);
    };
    for (const [made, grown] of [
      [8, 9],
      [13, 64],
      [40, 41],
    ] as const) {
      const directory = await temporaryDirectory();
      run(directory, 'init', '-s', `${String(made)}M`, '-f', 'raw', '-t', 'none', 'root.hdd');
      run(directory, 'snapshot', 'DiskDescriptor.xml');
      run(directory, 'grow', '-s', `${String(grown)}M`, 'DiskDescriptor.xml');
      expect(grave((await checkDisk(directory)).diagnostics)).toEqual(['BASE_SHORTER']);
      await truncate(join(directory, 'root.hdd'), (made - 1) * 2 ** 20);
      expect(grave((await checkDisk(directory)).diagnostics)).toEqual(['BASE_TRUNCATED']);
    }
  },
);
