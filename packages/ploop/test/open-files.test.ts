import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import {
  descriptorXml,
  imageBytes,
  temporaryDirectory,
  testGuid,
  withoutFiles,
} from '@ploop/test-kit';
import { expect, test } from 'vitest';

import { createRunner, openDisk, preflight, type Disk, type Runner } from '../src/index.ts';

const MIB = 2 ** 20;
const MIDDLE = testGuid(1);

/** Everything that looks at files before it changes a disk. */
const MUTATIONS: Readonly<Record<string, (disk: Disk) => Promise<unknown>>> = {
  mount: (disk) => disk.mount(),
  resize: (disk) => disk.resize(8 * MIB),
  replace: (disk) =>
    disk.replace({ target: { guid: MIDDLE }, file: join(disk.descriptorPath, '../copy') }),
  snapshot: (disk) => disk.snapshot(),
  switchSnapshot: (disk) => disk.switchSnapshot(MIDDLE),
  deleteSnapshot: (disk) => disk.deleteSnapshot(MIDDLE),
  mergeSnapshot: (disk) => disk.mergeSnapshot(),
  convert: (disk) => disk.convert({ format: 'expanded' }),
  check: (disk) => disk.check(),
  temporarySnapshot: (disk) => disk.temporarySnapshot({ component: 'x' }),
  grow: (disk) => disk.grow(8 * MIB),
};

const READS: Readonly<Record<string, (disk: Disk) => Promise<unknown>>> = {
  imageInfo: (disk) => disk.imageInfo(),
  dirtyBitmaps: (disk) => disk.dirtyBitmaps(),
  mounts: (disk) => disk.mounts(),
  fsInfo: (disk) => disk.fsInfo(),
  preflight: (disk) => preflight({ path: disk.descriptorPath, runner: createRunner() }),
};

async function untouchedDisk(): Promise<{ disk: Disk; runner: Runner; runs: readonly string[] }> {
  const directory = await temporaryDirectory();
  const nodes = [{}, { parent: 0 }, { parent: 1 }];
  const xml = descriptorXml(nodes, { blockSize: '64', size: '4096' });
  await writeFile(join(directory, 'DiskDescriptor.xml'), xml);
  for (const name of ['d0', 'd1', 'd2', 'copy'])
    await writeFile(join(directory, name), imageBytes({}, [1], 1));
  const runs: string[] = [];
  const runner = createRunner({
    exec: (request) => {
      runs.push(request.argv.join(' '));
      return Promise.reject(new Error('nothing is to be started'));
    },
  });
  return { disk: await openDisk(directory, { runner }), runner, runs };
}

test('without free descriptors nothing is done to a disk, and nothing is said of it', async () => {
  const { disk, runs } = await untouchedDisk();
  const before = await readFile(disk.descriptorPath);
  const ends: Record<string, unknown> = {};
  await withoutFiles(async () => {
    for (const [name, call] of Object.entries({ ...MUTATIONS, ...READS }))
      ends[name] = await call(disk).then(
        () => 'it is done',
        (error: unknown) => (error as { readonly code?: string }).code ?? String(error),
      );
  });
  const names = [...Object.keys(MUTATIONS), ...Object.keys(READS)];
  expect(ends).toEqual(Object.fromEntries(names.map((name) => [name, 'TOO_MANY_OPEN_FILES'])));
  expect(runs).toEqual([]);
  expect(before.equals(await readFile(disk.descriptorPath))).toBe(true);
});
