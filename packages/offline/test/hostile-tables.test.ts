import { open, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { descriptorXml, imageBytes, temporaryDirectory } from '@ploop/test-kit';
import { expect, test } from 'vitest';

import { checkDisk } from '../src/check/check-disk.ts';
import { openSnapshot } from '../src/snapshot/open-snapshot.ts';
import { diskSpace } from '../src/space/disk-space.ts';

/** GiB of the largest table; 8 shows what a file of 8 GiB takes. */
const TABLE_GIB = Number(process.env['PLOOP_TABLE_GIB'] ?? '0.25');
const ENTRIES = TABLE_GIB * 2 ** 28;
const MIB = 2 ** 20;

interface Shape {
  readonly version: 1 | 2;
  readonly clusters: number;
  /** Entries between two that are allocated; none if absent. */
  readonly every?: number;
  /** What is stored in them; their own place if absent. */
  readonly entry?: number;
  readonly codes: readonly string[];
}

const SPARSE = ['TABLE_SPARSE', 'FILE_SPARSE'];

const SHAPES: Readonly<Record<string, Shape>> = {
  'a table of holes, version 2': { version: 2, clusters: ENTRIES, codes: SPARSE },
  'a table of holes, version 1': {
    version: 1,
    clusters: Math.min(ENTRIES, 2 ** 26 - 1),
    codes: SPARSE,
  },
  'an entry in each 8 MiB of the table, beyond the end of the file': {
    version: 2,
    clusters: ENTRIES,
    every: 2 * MIB,
    entry: 0xffff_ffff,
    codes: [...SPARSE, 'CLUSTER_BEYOND_END'],
  },
  'every entry at one place': {
    version: 2,
    clusters: MIB / 4,
    every: 1,
    entry: 33,
    codes: ['CLUSTER_SHARED'],
  },
};

async function makeDisk({ version, clusters, every, entry }: Shape): Promise<string> {
  const directory = await temporaryDirectory();
  const size = BigInt(clusters) * 64n;
  const xml = descriptorXml([{}], { blockSize: '64', size: String(size) });
  await writeFile(join(directory, 'DiskDescriptor.xml'), xml);
  const firstBlock = Math.ceil((64 + 4 * clusters) / 32_768) * 64;
  const flags = every === undefined ? 1 : 0;
  const header = imageBytes({ version, clusters: 1, firstBlock: 64, size, flags }).slice(0, 64);
  const view = new DataView(header.buffer);
  view.setUint32(32, clusters, true);
  view.setUint32(48, firstBlock, true);
  const handle = await open(join(directory, 'd0'), 'w');
  try {
    await handle.truncate((firstBlock + 64) * 512);
    await handle.write(header, 0, 64, 0);
    if (every === 1) {
      const entries = new Uint32Array(clusters).fill(entry ?? 0);
      await handle.write(new Uint8Array(entries.buffer), 0, entries.byteLength, 64);
    } else if (every !== undefined)
      for (let at = every - 1; at < clusters; at += every)
        await handle.write(Uint32Array.of(entry ?? 0), 0, 4, 64 + 4 * at);
  } finally {
    await handle.close();
  }
  return directory;
}

async function timed<Result>(run: () => Promise<Result>): Promise<readonly [Result, string]> {
  const start = performance.now();
  const result = await run();
  return [result, `${((performance.now() - start) / 1000).toFixed(2)} s`];
}

test.each(Object.entries(SHAPES))(
  '%s: gone through in a time that the table takes to read, and in little memory',
  async (name, shape) => {
    const directory = await makeDisk(shape);
    const before = process.memoryUsage.rss();
    const [{ diagnostics }, check] = await timed(() => checkDisk(directory, { deep: true }));
    const codes = new Set<string>(diagnostics.map(({ code }) => code));
    for (const code of shape.codes) expect(codes).toContain(code);
    // What is known without the table comes first.
    if (codes.has('TABLE_SPARSE')) expect(diagnostics[0]?.code).toBe('TABLE_SPARSE');
    const [, space] = await timed(() => diskSpace(directory));
    const [extents, listed] = await timed(async () => {
      const snapshot = await openSnapshot(directory);
      try {
        let count = 0;
        for await (const { length } of snapshot.extents()) count += length > 0 ? 1 : 0;
        return count;
      } catch {
        return -1;
      } finally {
        await snapshot.close();
      }
    });
    if (shape.every === undefined) expect(extents).toBe(1);
    const grown = (process.memoryUsage.rss() - before) / MIB;
    console.info(
      `${name}: check ${check}, space ${space}, extents ${listed}, ${grown.toFixed(0)} MiB`,
    );
    expect(grown).toBeLessThan(256);
  },
);

test('what goes through a table of holes can be cancelled', async () => {
  const directory = await makeDisk({ version: 2, clusters: 2 ** 31, codes: [] });
  const cancelled = async (run: (signal: AbortSignal) => Promise<unknown>): Promise<number> => {
    const start = performance.now();
    await expect(run(AbortSignal.timeout(50))).rejects.toMatchObject({ name: 'TimeoutError' });
    return performance.now() - start;
  };
  const snapshot = await openSnapshot(directory);
  try {
    const times = [
      await cancelled((signal) => checkDisk(directory, { deep: true, signal })),
      await cancelled((signal) => diskSpace(directory, { signal })),
      await cancelled(async (signal) => {
        for await (const { length } of snapshot.extents({ signal }))
          expect(length).toBeGreaterThan(0);
      }),
    ];
    console.info(`cancelled after ${times.map((time) => time.toFixed(0)).join(', ')} ms`);
    for (const time of times) expect(time).toBeLessThan(5_000);
  } finally {
    await snapshot.close();
  }
});
