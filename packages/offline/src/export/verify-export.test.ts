import { writeFileSync, openSync, closeSync, writeSync, readFileSync } from 'node:fs';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';

import type { ReadAt } from '@ploop/descriptor/internal';
import { descriptorXml, imageBytes, temporaryDirectory } from '@ploop/test-kit';
import { expect, onTestFinished, test } from 'vitest';

import { openSnapshot, type Snapshot } from '../snapshot/open-snapshot.ts';
import { holdsDataOnly, type Allocation } from './allocation.ts';
import type { ExportOptions } from './export-options.ts';
import { exportSnapshot } from './export-snapshot.ts';
import { verifyExport } from './verify-export.ts';

const CLUSTER = 32_768;
const CLUSTERS = 700;
const SIZE = CLUSTERS * CLUSTER;

/** A disk of 22 MiB with data in the clusters for which `holds` says so. */
async function disk(
  holds: (cluster: number) => boolean,
): Promise<{ directory: string; model: Buffer; snapshot: Snapshot }> {
  const directory = await temporaryDirectory();
  let used = 0;
  const bat = Array.from({ length: CLUSTERS }, (_, cluster) => (holds(cluster) ? (used += 1) : 0));
  const bytes = imageBytes({ clusters: CLUSTERS }, bat, used);
  const model = Buffer.alloc(SIZE);
  for (const [cluster, entry] of bat.entries())
    if (entry > 0)
      model.set(bytes.subarray(entry * CLUSTER, (entry + 1) * CLUSTER), cluster * CLUSTER);
  await writeFile(join(directory, 'd0'), bytes);
  await writeFile(join(directory, 'DiskDescriptor.xml'), descriptorXml([{}], { blockSize: '64' }));
  const snapshot = await openSnapshot(directory);
  onTestFinished(() => snapshot.close());
  return { directory, model, snapshot };
}

/** Disks by how the data lie in them: the file system needs tables of its own for many parts. */
const DISKS: readonly (readonly [string, (cluster: number) => boolean])[] = [
  ['one part', (cluster) => cluster === 5],
  ['some parts', (cluster) => cluster % 100 < 3],
  ['many parts', (cluster) => cluster % 2 === 1],
];

/** What somebody else does to the target when all of it is written. */
const SPOILS: readonly (readonly [string, (file: string) => void])[] = [
  [
    'a byte of the data is flipped',
    (file) => {
      const at = 5 * CLUSTER + 77;
      write(file, Buffer.of((readFileSync(file)[at] ?? 0) ^ 1), at);
    },
  ],
  [
    'a byte is written into a hole',
    (file) => {
      write(file, Buffer.of(1), 650 * CLUSTER + 4097);
    },
  ],
  [
    'the last byte is written',
    (file) => {
      write(file, Buffer.of(1), SIZE - 1);
    },
  ],
  [
    'a byte is appended',
    (file) => {
      write(file, Buffer.of(0), SIZE);
    },
  ],
];

function write(file: string, bytes: Uint8Array, position: number): void {
  const fd = openSync(file, 'r+');
  writeSync(fd, bytes, 0, bytes.length, position);
  closeSync(fd);
}

/** Calls `spoil` once, when everything is written and nothing is verified. */
function atTheEnd(spoil: () => void): NonNullable<ExportOptions['progress']> {
  let isDone = false;
  return ({ position }) => {
    if (position < SIZE || isDone) return;
    isDone = true;
    spoil();
  };
}

/** A last cluster that is a hole, and cluster 650 as well. */
const withHoles =
  (holds: (cluster: number) => boolean) =>
  (cluster: number): boolean =>
    cluster === 5 || (holds(cluster) && cluster !== 650 && cluster < CLUSTERS - 1);

const WAYS: readonly ExportOptions[] = [
  {},
  { threads: false },
  { sync: false },
  { sparse: false },
  { hash: true },
];

test.each(DISKS)('an export of %s that is whole is verified', async (_name, holds) => {
  const { directory, model, snapshot } = await disk(withHoles(holds));
  for (const [index, options] of WAYS.entries()) {
    const target = join(directory, `out${String(index)}`);
    const result = await exportSnapshot(snapshot, target, { ...options, verify: true });
    expect(result).toMatchObject({ verified: true });
    expect(model.equals(await readFile(target))).toBe(true);
  }
});

test.each(
  DISKS.flatMap(([name, holds]) => SPOILS.map(([how, spoil]) => ({ name, holds, how, spoil }))),
)('an export of $name differs if $how', async ({ holds, spoil }) => {
  const { directory, snapshot } = await disk(withHoles(holds));
  for (const [index, options] of WAYS.entries()) {
    const target = join(directory, `out${String(index)}`);
    const progress = atTheEnd(() => {
      spoil(`${target}.part`);
    });
    const exported = exportSnapshot(snapshot, target, { ...options, verify: true, progress });
    await expect(exported).rejects.toMatchObject({ code: 'EXPORT_DIFFERS', diagnostics: [{}] });
  }
  expect((await readdir(directory)).sort()).toEqual(['DiskDescriptor.xml', 'd0']);
});

test.each(SPOILS.slice(0, 2))('an export that is resumed differs if %s', async (_how, spoil) => {
  const { directory, snapshot } = await disk(withHoles((cluster) => cluster % 2 === 1));
  const target = join(directory, 'out');
  const stop = new AbortController();
  const stopped = exportSnapshot(snapshot, target, {
    threads: false,
    signal: stop.signal,
    progress: ({ position }) => {
      if (position > SIZE / 3) stop.abort(new Error('enough'));
    },
  });
  await expect(stopped).rejects.toThrow('enough');
  // What the interrupted export wrote is compared as well.
  const progress = atTheEnd(() => {
    spoil(`${target}.part`);
  });
  await expect(exportSnapshot(snapshot, target, { verify: true, progress })).rejects.toMatchObject({
    code: 'EXPORT_DIFFERS',
  });
});

test('zeros that somebody else writes into a hole change nothing', async () => {
  const { directory, snapshot } = await disk((cluster) => cluster === 5);
  const target = join(directory, 'out');
  const progress = atTheEnd(() => {
    write(`${target}.part`, Buffer.alloc(8192), 650 * CLUSTER);
  });
  const result = await exportSnapshot(snapshot, target, { verify: true, progress });
  expect(result).toMatchObject({ verified: true });
});

test('an image that is written to during the verification is to blame, and not the target', async () => {
  const { directory, snapshot } = await disk(withHoles((cluster) => cluster % 2 === 1));
  let looks = 0;
  const target = join(directory, 'out');
  const exported = exportSnapshot(
    {
      ...snapshot,
      checkUnchanged: async () => {
        await snapshot.checkUnchanged();
        looks += 1;
        if (looks === 1) writeFileSync(join(directory, 'd0'), Buffer.alloc(8), { flag: 'r+' });
        if (looks === 1) write(`${target}.part`, Buffer.of(0xee), 5 * CLUSTER);
      },
    },
    target,
    { verify: true },
  );
  await expect(exported).rejects.toMatchObject({ code: 'IMAGE_CHANGED' });
});

test('what cannot be read back is refused before anything is written to it', async () => {
  const { snapshot } = await disk((cluster) => cluster === 5);
  const stream = new PassThrough();
  for (const target of [stream, '/dev/null'])
    await expect(exportSnapshot(snapshot, target, { verify: true })).rejects.toMatchObject({
      code: 'FILE_UNWRITABLE',
    });
  expect(stream.readableLength).toBe(0);
});

const EXT4 = 0xef53;
const BTRFS = 0x9123683e;

test.each<[string, number, Partial<Allocation>, boolean]>([
  ['the data alone', 4, {}, true],
  ['a block more', 4, { bytes: 4 * CLUSTER + 4096 }, false],
  ['a block less, as if compressed', 4, { bytes: 4 * CLUSTER - 4096 }, false],
  ['many parts, and the table of ext4', 300, { bytes: 300 * CLUSTER + 4096 }, true],
  ['many parts, and a block more', 300, { bytes: 300 * CLUSTER + 8192 }, false],
  ['more than fit into one block of it', 341, { bytes: 341 * CLUSTER + 8192 }, true],
  [
    'many parts, before their places are settled',
    300,
    { bytes: 300 * CLUSTER + 4096, settled: false },
    false,
  ],
  ['many parts on another file system', 300, { bytes: 300 * CLUSTER + 4096, type: BTRFS }, false],
  ['many parts, and no table there', 300, { bytes: 300 * CLUSTER, type: BTRFS }, true],
])('what is stored says whether holes are empty: %s', async (_how, parts, given, expected) => {
  const { snapshot } = await disk((cluster) => cluster % 2 === 1 && cluster < 2 * parts);
  const allocation = { bytes: parts * CLUSTER, blockBytes: 4096, type: EXT4, settled: true };
  expect(await holdsDataOnly(snapshot, { ...allocation, ...given })).toBe(expected);
});

test('holes are read only if what is stored leaves it open that something is in them', async () => {
  const { model, snapshot } = await disk((cluster) => cluster === 5);
  const { signal } = new AbortController();
  let read = 0;
  const readAt: ReadAt = (target, position) => {
    const part = model.subarray(position, position + target.length);
    target.set(part);
    read += part.length;
    return Promise.resolve(part.length);
  };
  for (const [bytes, expected] of [
    [CLUSTER, CLUSTER],
    [CLUSTER + 4096, SIZE],
  ] as const) {
    read = 0;
    const allocation = { bytes, blockBytes: 4096, type: EXT4, settled: true };
    const written = { readAt, endsThere: true, allocation: () => Promise.resolve(allocation) };
    await verifyExport(snapshot, written, 'x', signal);
    expect(read).toBe(expected);
  }
});
