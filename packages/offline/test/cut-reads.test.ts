import { copyFile, mkdtemp, readFile, stat, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { DescriptorError, TOP_GUID, type Diagnostic } from '@ploop/descriptor';
import { qemuChain } from '@ploop/image';
import { descriptorXml, imageBytes, temporaryDirectory, testGuid } from '@ploop/test-kit';
import { makeSplitDisk } from '@ploop/test-kit/disks/split-disk';
import { expect, test } from 'vitest';

import {
  backupSet,
  checkDisk,
  diffSnapshots,
  diskSpace,
  exportSnapshot,
  identifySnapshot,
  openSnapshot,
  restoreBackup,
  snapshotLosses,
  verifyBackup,
  type Snapshot,
} from '../src/index.ts';

const CLUSTER = 32_768;
const CLUSTERS = 16;
const DISK = CLUSTERS * CLUSTER;
/** What the tool states for a disk of this size. */
const GEOMETRY = '<Cylinders>2</Cylinders><Heads>16</Heads>';
const PART = { version: 2, blockSize: 64, clusters: 2, tail: 0, allocated: [[0, 1]] } as const;

type Findings = readonly Pick<Diagnostic, 'code' | 'severity'>[];

/** A disk that was whole, and a file of it that was cut. */
interface Cut {
  readonly make: () => Promise<string>;
  readonly file: string;
  /** Bytes that are left of the file. */
  readonly left: number;
  readonly code: string;
  /** Whether only a block table shows it, and not the length of the files. */
  readonly inTable?: true;
}

/** Images over a base, the last one the top. */
const disk =
  (base: 'bare' | 'image', geometry = GEOMETRY) =>
  async (): Promise<string> => {
    const directory = await mkdtemp(join(await temporaryDirectory(), 'disk'));
    const nodes = [{}, { parent: 0 }, { parent: 1 }];
    const xml = descriptorXml(nodes, { blockSize: '64', size: String(DISK / 512) })
      .replaceAll('Compressed', base === 'bare' ? 'Plain' : 'Compressed')
      .replace('<Cylinders>400</Cylinders><Heads>16</Heads>', geometry);
    await writeFile(join(directory, 'DiskDescriptor.xml'), xml);
    const header = { clusters: CLUSTERS };
    const whole = Array.from({ length: CLUSTERS }, (_, cluster) => cluster + 1);
    const first = base === 'bare' ? Buffer.alloc(DISK, 'bare') : imageBytes(header, whole);
    const above = [imageBytes(header, [0, 1, 2], 2), imageBytes(header, [0, 0, 0, 2, 1], 2)];
    for (const [index, bytes] of [first, ...above].entries())
      await writeFile(join(directory, `d${String(index)}`), bytes);
    return directory;
  };

const bareAlone = async (): Promise<string> => {
  const directory = await mkdtemp(join(await temporaryDirectory(), 'disk'));
  const xml = descriptorXml([{}], { blockSize: '64', size: String(DISK / 512) });
  await writeFile(join(directory, 'DiskDescriptor.xml'), xml.replace('Compressed', 'Plain'));
  await writeFile(join(directory, 'd0'), Buffer.alloc(DISK, 'bare'));
  return directory;
};

const split = (plain: boolean) => async (): Promise<string> => {
  const part = { ...PART, plain };
  const script = { parents: [-1], parts: [part, part] };
  return (await makeSplitDisk(script, await temporaryDirectory())).directory;
};

const part = (index: number): string => `disk.hdd.${String(index)}.${testGuid(0)}.hds`;

const CUTS: Readonly<Record<string, Cut>> = {
  'a bare disk': { make: bareAlone, file: 'd0', left: CLUSTER, code: 'IMAGE_TRUNCATED' },
  'a bare disk, to nothing': { make: bareAlone, file: 'd0', left: 0, code: 'IMAGE_TRUNCATED' },
  'a bare disk, a byte': { make: bareAlone, file: 'd0', left: DISK - 1, code: 'IMAGE_TRUNCATED' },
  'a bare base': { make: disk('bare'), file: 'd0', left: CLUSTER, code: 'BASE_TRUNCATED' },
  'a bare base, which nothing proves': {
    ...{ make: disk('bare', '<Cylinders>1</Cylinders><Heads>3</Heads>'), file: 'd0' },
    ...{ left: CLUSTER, code: 'BASE_SHORTER' },
  },
  'the base': {
    ...{ make: disk('image'), file: 'd0', left: 9 * CLUSTER },
    ...{ code: 'CLUSTER_BEYOND_END', inTable: true },
  },
  'the base, a byte': {
    ...{ make: disk('image'), file: 'd0', left: 17 * CLUSTER - 1 },
    ...{ code: 'CLUSTER_BEYOND_END', inTable: true },
  },
  'an image in the middle': {
    ...{ make: disk('image'), file: 'd1', left: 2 * CLUSTER },
    ...{ code: 'CLUSTER_BEYOND_END', inTable: true },
  },
  'the top': {
    ...{ make: disk('image'), file: 'd2', left: CLUSTER },
    ...{ code: 'CLUSTER_BEYOND_END', inTable: true },
  },
  'an image over a bare disk': {
    ...{ make: disk('bare'), file: 'd1', left: 2 * CLUSTER + 512 },
    ...{ code: 'CLUSTER_BEYOND_END', inTable: true },
  },
  'the header of an image': {
    ...{ make: disk('image'), file: 'd1', left: 40, code: 'HEADER_TOO_SHORT' },
  },
  'the first bare part': {
    make: split(true),
    file: part(0),
    left: 512,
    code: 'STORAGE_IMAGE_SIZE',
  },
  'the last bare part': { make: split(true), file: part(1), left: 512, code: 'STORAGE_IMAGE_SIZE' },
  'an image of a part': {
    ...{ make: split(false), file: part(1), left: 2 * CLUSTER },
    ...{ code: 'CLUSTER_BEYOND_END', inTable: true },
  },
};

const guidsOf = async (directory: string): Promise<readonly string[]> => {
  const xml = await readFile(join(directory, 'DiskDescriptor.xml'), 'utf8');
  return [...xml.matchAll(/<Shot><GUID>(.*?)</g)].map(([, guid = '']) => guid);
};

const opened =
  (use: (snapshot: Snapshot, directory: string) => Promise<Findings> | Findings) =>
  async (directory: string): Promise<Findings> => {
    const snapshot = await openSnapshot(directory);
    try {
      return await use(snapshot, directory);
    } finally {
      await snapshot.close();
    }
  };

const exporting = (options: { readonly salvage?: boolean }) =>
  opened(async (snapshot, directory) => {
    const target = join(directory, '..', 'target');
    const given = { ...options, overwrite: true, threads: false, sync: false };
    const { diagnostics = [], lost = [] } = await exportSnapshot(snapshot, target, given);
    return [...diagnostics, ...lost.map(({ code }) => ({ code, severity: 'error' as const }))];
  });

const walked = async (content: AsyncIterable<unknown>): Promise<Findings> => {
  const steps = content[Symbol.asyncIterator]();
  while ((await steps.next()).done !== true);
  return [];
};

/** A set of a damaged disk, and its files at another place. */
async function copied(
  directory: string,
): Promise<readonly [string, Awaited<ReturnType<typeof backupSet>>]> {
  const set = await backupSet(directory, TOP_GUID, { top: true, damaged: true });
  const target = await mkdtemp(join(await temporaryDirectory(), 'copy'));
  for (const { name, source } of set.files) await copyFile(source, join(target, name));
  return [target, set];
}

const TABLES = 'the tables';
/** The content is another call, which says it: this one reads no tables. */
const FILES = 'the files and their headers';
/** It needs a few clusters only, and fails if it comes across one that is lost. */
const SOME = 'the files, and the tables where it reads';

/** Every call that reads a snapshot, by what it looks at. */
const READS: Readonly<
  Record<string, readonly [looksAt: string, read: (directory: string) => Promise<Findings>]>
> = {
  openSnapshot: [FILES, opened(({ diagnostics }) => diagnostics)],
  identifySnapshot: [SOME, async (directory) => (await identifySnapshot(directory)).diagnostics],
  qemuChain: [FILES, opened((snapshot) => qemuChain(snapshot).diagnostics)],
  checkDisk: [FILES, async (directory) => (await checkDisk(directory)).diagnostics],
  'checkDisk, deep': [
    TABLES,
    async (directory) => (await checkDisk(directory, { deep: true })).diagnostics,
  ],
  diskSpace: [TABLES, async (directory) => (await diskSpace(directory)).diagnostics],
  snapshotLosses: [
    TABLES,
    opened(async (snapshot) => [...snapshot.diagnostics, ...(await snapshotLosses(snapshot))]),
  ],
  exportSnapshot: [TABLES, exporting({})],
  'exportSnapshot, salvage': [TABLES, exporting({ salvage: true })],
  extents: [
    TABLES,
    opened(async (snapshot) => [...snapshot.diagnostics, ...(await walked(snapshot.extents()))]),
  ],
  createReadStream: [
    TABLES,
    opened(async (snapshot) => [
      ...snapshot.diagnostics,
      ...(await walked(snapshot.createReadStream())),
    ]),
  ],
  diffSnapshots: [
    TABLES,
    opened(async (newer, directory) => {
      const [guid] = await guidsOf(directory);
      const older = await openSnapshot(directory, guid);
      try {
        await walked(diffSnapshots(older, newer));
        return [...older.diagnostics, ...newer.diagnostics];
      } finally {
        await older.close();
      }
    }),
  ],
  backupSet: [
    TABLES,
    async (directory) => (await backupSet(directory, TOP_GUID, { top: true })).diagnostics ?? [],
  ],
  'backupSet, damaged': [
    TABLES,
    async (directory) =>
      (await backupSet(directory, TOP_GUID, { top: true, damaged: true })).diagnostics ?? [],
  ],
  verifyBackup: [TABLES, async (directory) => verifyBackup(...(await copied(directory)))],
  restoreBackup: [
    TABLES,
    async (directory) => {
      await restoreBackup(...(await copied(directory)));
      return [];
    },
  ],
  'restoreBackup, damaged': [
    TABLES,
    async (directory) => {
      const [target, set] = await copied(directory);
      await restoreBackup(target, set, { damaged: true });
      const restored = await openSnapshot(target);
      try {
        return [...restored.diagnostics, ...(await snapshotLosses(restored))];
      } finally {
        await restored.close();
      }
    },
  ],
};

/** What is said beside the finding about the cut. */
const BESIDE = new Set([
  'EXPORT_BLOCKED',
  'EXPORT_LOST',
  'FILE_END_ODD',
  'BASE_PLAIN',
  'STORAGE_SPLIT',
  'SHOT_LOST',
]);

async function codesOf(read: Promise<Findings>): Promise<readonly string[]> {
  const findings = await read.catch((error: unknown) => {
    if (error instanceof DescriptorError) return error.diagnostics;
    throw error;
  });
  const codes = findings.filter(({ severity, code }) => severity !== 'info' && !BESIDE.has(code));
  return [...new Set(codes.map(({ code }) => code))];
}

/** Where a warning that nothing proves is not a reason to refuse the copy of a disk that may have grown. */
const ERRORS_ONLY = new Set(['verifyBackup', 'restoreBackup']);

test.each(Object.entries(CUTS))('%s was cut: every read says so', async (_, cut) => {
  const { make, file, left, code, inTable } = cut;
  const directory = await make();
  for (const [name, [, read]] of Object.entries(READS))
    expect([name, await codesOf(read(directory))]).toEqual([name, []]);
  const path = join(directory, file);
  expect((await stat(path)).size).toBeGreaterThan(left);
  await truncate(path, left);
  for (const [name, [looksAt, read]] of Object.entries(READS)) {
    const isSilent =
      (looksAt === FILES && inTable === true) || (ERRORS_ONLY.has(name) && code === 'BASE_SHORTER');
    const codes = await codesOf(read(directory));
    if (looksAt === SOME && inTable === true && codes.length === 0) continue;
    expect([name, codes]).toEqual([name, isSilent ? [] : [code]]);
  }
});
