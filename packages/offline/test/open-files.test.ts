import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

import { descriptorXml, imageBytes, temporaryDirectory, testGuid } from '@ploop/test-kit';
import { expect, test } from 'vitest';

import { PIECES } from './pieces.ts';

const run = promisify(execFile);
const IMAGES = 300;
const CLUSTER = 32768;
/** What a process of Node needs itself, and some more. */
const LIMIT = 64;

/** A chain of images, each with one cluster that is filled with its number. */
async function longDisk(images: number): Promise<string> {
  const directory = await temporaryDirectory('ploop many ');
  const nodes = Array.from({ length: images }, (_, index) =>
    index === 0 ? {} : { parent: index - 1 },
  );
  const size = String(64 * images);
  const xml = descriptorXml(nodes, { blockSize: '64', size });
  await writeFile(join(directory, 'DiskDescriptor.xml'), xml);
  // All images, but few operations to plan, which takes time for each shot of each shot.
  const few = xml.replace(/<Shot>.*<\/Shot>/s, (shots) =>
    shots.slice(0, shots.indexOf('</Shot>') + 7),
  );
  await writeFile(join(directory, 'few-shots.xml'), few);
  for (let index = 0; index < images; index += 1) {
    const bat = Array.from({ length: images }, (_, cluster) => (cluster === index ? 1 : 0));
    const bytes = imageBytes({ clusters: images }, bat, 1);
    await writeFile(join(directory, `d${String(index)}`), bytes.fill(index, CLUSTER));
  }
  return directory;
}

async function limited(program: string, ...argv: readonly string[]): Promise<unknown> {
  const path = join(import.meta.dirname, 'programs', program);
  const { stdout } = await run(process.execPath, [path, String(LIMIT), ...argv]);
  return JSON.parse(stdout);
}

test('a disk of 300 images is read, checked, copied and compared with 64 descriptors', async () => {
  const directory = await longDisk(IMAGES);
  const out = await temporaryDirectory('ploop out ');
  const content = Buffer.alloc(IMAGES * CLUSTER);
  for (let index = 0; index < IMAGES; index += 1)
    content.fill(index, index * CLUSTER, (index + 1) * CLUSTER);
  const size = content.length;
  expect(await limited('many-images.mjs', directory, out, testGuid(IMAGES - 2))).toEqual({
    read: createHash('sha256').update(content).digest('hex'),
    'read at many places at once': Array.from({ length: IMAGES }, (_, index) => index % 256),
    check: [],
    space: IMAGES,
    'export and verify': [size, size],
    salvage: [size, size],
    diff: [[size - CLUSTER, CLUSTER]],
    'backup, verified and restored': IMAGES,
    identify: [],
  });
});

/** Functions that open nothing. */
const OPEN_NOTHING = [
  'DESCRIPTOR_NAME',
  'closeFile',
  'confinementOf',
  'deviceNumber',
  'diffSnapshots',
  'entryName',
  'incremental',
  'leadsOutside',
  'locateDescriptor',
  'openWithin',
  'parseBackupSet',
  'placeNew',
  'readable',
  'realPath',
  'sameIdentity',
  'startOfOpen',
  'status',
  'syncPlace',
  'volumesAt',
];

test.each([2, 40])('without free descriptors every call on %i images says so', async (images) => {
  const directory = await longDisk(images);
  const out = await temporaryDirectory('ploop out ');
  const { ends, after, functions } = (await limited('no-descriptors.mjs', directory, out)) as {
    readonly ends: Readonly<Record<string, unknown>>;
    readonly after: unknown;
    readonly functions: readonly string[];
  };
  const {
    'reading an open snapshot': hash,
    'salvage of an open snapshot': lost,
    snapshotLosses: losses,
    ...calls
  } = ends;
  expect(Object.entries(calls).filter(([, end]) => end !== 'TOO_MANY_OPEN_FILES')).toEqual([]);
  expect([...Object.keys(calls), 'snapshotLosses', ...OPEN_NOTHING, ...PIECES].sort()).toEqual(
    functions.toSorted(),
  );
  expect(hash).toMatch(/^[0-9a-f]{64}$/);
  expect(lost).toBe(0);
  expect(losses).toEqual([]);
  // The descriptor with few shots.
  expect(after).toMatchObject([{ code: 'DESCRIPTOR_COPY' }]);
});
