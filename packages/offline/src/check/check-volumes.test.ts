import { link, mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { type Diagnostic, formatDiagnostic } from '@ploop/descriptor';
import {
  descriptorXml,
  imageBytes,
  temporaryDirectory,
  testGuid,
  type NodeXml,
} from '@ploop/test-kit';
import { expect, test } from 'vitest';

import { loadVolumes } from '../disk/load-volumes.ts';
import { openSnapshot } from '../snapshot/open-snapshot.ts';
import { diskSpace } from '../space/disk-space.ts';
import { checkDisk } from './check-disk.ts';
import { checkFiles } from './check-files.ts';

const CLUSTER = 32_768;
const NAME = 'DiskDescriptor.xml';

function volumeXml(nodes: readonly NodeXml[], parent?: string): string {
  const element = parent === undefined ? '' : `<Parent>${parent}</Parent>`;
  const xml = descriptorXml(nodes, { blockSize: '64', size: '4096' });
  return xml.replace('<Storage>', `<Volume>${element}</Volume><Storage>`);
}

interface Volumes {
  /** The directory that holds all of them. */
  readonly root: string;
  readonly base: string;
  readonly middle: string;
  readonly top: string;
}

/** Three volumes: a base of clusters 0 to 3, a middle with 1 and 2, a top with 2 and a snapshot below it that has 0. */
async function volumes(): Promise<Volumes> {
  const root = await temporaryDirectory('ploop volumes ');
  const [base, middle, top] = [join(root, 'base'), join(root, 'middle'), join(root, 'top')];
  for (const directory of [base, middle, top]) await mkdir(directory);
  await writeFile(join(base, NAME), volumeXml([{ guid: testGuid(1) }]));
  await writeFile(join(base, 'd0'), imageBytes({}, [1, 2, 3, 4]));
  const inMiddle = { guid: testGuid(2), parentGuid: testGuid(1) };
  await writeFile(join(middle, NAME), volumeXml([inMiddle], '../base'));
  await writeFile(join(middle, 'd0'), imageBytes({}, [0, 1, 2], 2));
  const inTop = [{ guid: testGuid(3), parentGuid: testGuid(2) }, { parent: 0 }];
  await writeFile(join(top, NAME), volumeXml(inTop, '../middle'));
  await writeFile(join(top, 'd0'), imageBytes({}, [1], 1));
  await writeFile(join(top, 'd1'), imageBytes({}, [0, 0, 1], 1));
  return { root, base, middle, top };
}

/** What is more than worth knowing, except for what is true of every volume. */
const rows = (diagnostics: readonly Diagnostic[]): readonly (readonly unknown[])[] =>
  diagnostics
    .filter(({ severity, code }) => severity !== 'info' && code !== 'DROPPED_BY_OLD_RELEASES')
    .map(({ code, disk, data }) => [code, disk, ...('file' in data ? [data.file] : [])]);

test('volumes in order have nothing to say, and all their images are looked at', async () => {
  const { root, base, middle, top } = await volumes();
  const { images, diagnostics, loaded } = await checkDisk(top, { deep: true, confine: root });
  expect(rows(diagnostics)).toEqual([]);
  expect(loaded.parents?.map(({ path }) => path)).toEqual([join(middle, NAME), join(base, NAME)]);
  expect(images.map(({ guid, disk, file }) => [guid, disk, file])).toEqual([
    [testGuid(3), undefined, join(top, 'd0')],
    [expect.any(String), undefined, join(top, 'd1')],
    [testGuid(2), join(middle, NAME), join(middle, 'd0')],
    [testGuid(1), join(base, NAME), join(base, 'd0')],
  ]);
  expect(images.every(({ usage }) => usage !== undefined)).toBe(true);
});

test.each<
  [what: string, harm: (of: Volumes) => Promise<void>, found: (of: Volumes) => readonly unknown[]]
>([
  [
    'a delta is missing',
    ({ base }) => rm(join(base, 'd0')),
    ({ base }) => ['DELTA_MISSING', join(base, NAME), join(base, 'd0')],
  ],
  [
    'an image is damaged',
    ({ base }) => writeFile(join(base, 'd0'), imageBytes({}, [1, 1], 1)),
    ({ base }) => ['CLUSTER_SHARED', join(base, NAME), join(base, 'd0')],
  ],
  [
    'an image cannot be read',
    ({ middle }) => writeFile(join(middle, 'd0'), 'no image'),
    ({ middle }) => ['HEADER_TOO_SHORT', join(middle, NAME), join(middle, 'd0')],
  ],
  [
    'a delta is nobody’s',
    ({ middle }) => writeFile(join(middle, 'lost'), imageBytes()),
    ({ middle }) => ['DELTA_ORPHANED', join(middle, NAME), join(middle, 'lost')],
  ],
  [
    'an operation was interrupted',
    ({ base }) => writeFile(join(base, `${NAME}.tmp`), ''),
    ({ base }) => ['OPERATION_INTERRUPTED', join(base, NAME), join(base, `${NAME}.tmp`)],
  ],
  [
    'two volumes share a file',
    async ({ base, middle }) => {
      await rm(join(middle, 'd0'));
      await link(join(base, 'd0'), join(middle, 'd0'));
    },
    ({ base }) => ['DELTA_SHARED', join(base, NAME), join(base, 'd0')],
  ],
  [
    'a parent is larger than what is above it',
    ({ base }) => writeFile(join(base, 'd0'), imageBytes({ clusters: 80 }, [1])),
    ({ middle }) => ['CHAIN_SHRUNK', join(middle, NAME), join(middle, 'd0')],
  ],
  [
    'a parent has another size than its descriptor says',
    ({ base }) => writeFile(join(base, 'd0'), imageBytes({ clusters: 32 }, [1])),
    ({ base }) => ['DISK_SIZE_DIFFERS', join(base, NAME), join(base, 'd0')],
  ],
  [
    'a parent’s descriptor has a fault',
    ({ base }) => writeFile(join(base, NAME), volumeXml([{ guid: testGuid(1), file: 'x/../d0' }])),
    ({ base }) => ['FILE_AMBIGUOUS', join(base, NAME), 'x/../d0'],
  ],
])('%s: the finding names the volume', async (_what, harm, found) => {
  const of = await volumes();
  await harm(of);
  const { diagnostics } = await checkDisk(of.top, { deep: true, confine: of.root });
  expect(rows(diagnostics)).toContainEqual(found(of));
  for (const finding of diagnostics)
    if (finding.disk !== undefined)
      expect(formatDiagnostic(finding).startsWith(`${JSON.stringify(finding.disk)} `)).toBe(true);
});

test('a volume that cannot be followed is said, and what is there is checked', async () => {
  const { root, base, middle, top } = await volumes();
  await rm(join(base, NAME));
  const { images, diagnostics } = await checkDisk(top, { confine: root });
  expect(images.map(({ disk }) => disk)).toEqual([undefined, undefined, join(middle, NAME)]);
  expect(diagnostics.map(({ code }) => code)).toEqual(
    expect.arrayContaining(['VOLUME_UNREADABLE', 'PARENT_UNKNOWN']),
  );
});

test('a raw parent is a bare disk, and its child is not', async () => {
  const { root, base, top } = await volumes();
  const raw = volumeXml([{ guid: testGuid(1) }]).replace('Compressed', 'Plain');
  await writeFile(join(base, NAME), raw);
  await writeFile(join(base, 'd0'), Buffer.alloc(64 * CLUSTER, 'WithouFreSpacExt'));
  const { images, diagnostics } = await checkDisk(top, { deep: true, confine: root });
  expect(images.map(({ description }) => description.format)).toEqual([
    ...['ploop', 'ploop', 'ploop'],
    'raw',
  ]);
  expect(rows(diagnostics)).toEqual([['BASE_NOT_RAW', join(base, NAME), join(base, 'd0')]]);
  const space = await diskSpace(top, { confine: root });
  expect(space.images.at(-1)).toMatchObject({ allocated: 64 * CLUSTER });
});

test('space goes through the parents, too', async () => {
  const { root, base, middle, top } = await volumes();
  const { images, operations, leftovers, diagnostics } = await diskSpace(top, { confine: root });
  expect(rows(diagnostics)).toEqual([]);
  const disks = [undefined, undefined, join(middle, NAME), join(base, NAME)];
  expect(images.map(({ disk }) => disk)).toEqual(disks);
  expect(images.map(({ allocated, shadowed, unique }) => [allocated, shadowed, unique])).toEqual([
    [CLUSTER, 0, 0],
    [CLUSTER, 0, CLUSTER],
    [2 * CLUSTER, 0, 0],
    [4 * CLUSTER, 2 * CLUSTER, 2 * CLUSTER],
  ]);
  // Of the parents nothing is planned: others may hang on them.
  expect(new Set(operations.map(({ guid }) => guid)).size).toBe(2);
  for (const { refusals } of operations)
    expect(refusals).toContainEqual(expect.objectContaining({ code: 'VOLUME' }));
  await writeFile(join(base, `${NAME}.lck`), '');
  expect(leftovers).toEqual([]);
  expect((await diskSpace(top, { confine: root })).leftovers).toMatchObject([
    { code: 'LOCK_FILE', file: join(base, `${NAME}.lck`) },
  ]);
});

test('a snapshot reads what the check has found sound', async () => {
  const { root, base, middle, top } = await volumes();
  const snapshot = await openSnapshot(top, undefined, { confine: root });
  const paths = [join(base, 'd0'), join(middle, 'd0'), join(top, 'd0'), join(top, 'd1')];
  expect(snapshot.images.map(({ path }) => path)).toEqual(paths);
  const firsts = [];
  for (const cluster of [0, 1, 2, 3, 4])
    firsts.push((await snapshot.read(cluster * CLUSTER, 1))[0]);
  expect(firsts).toEqual([1, 1, 1, 4, 0]);
  await snapshot.close();
});

test('a parent that is replaced meanwhile is said', async () => {
  const { root, base, top } = await volumes();
  const loaded = await loadVolumes(top, { confine: root });
  await writeFile(join(base, NAME), `${volumeXml([{ guid: testGuid(1) }])}\n`);
  expect(rows(await checkFiles(loaded, { confine: root }))).toEqual([
    ['DESCRIPTOR_CHANGED', join(base, NAME), join(base, NAME)],
  ]);
});
