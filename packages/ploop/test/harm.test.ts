import { readFile, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import type { Version } from '@ploop/runner';
import { descriptorXml, hasTool, temporaryDirectory, testGuid } from '@ploop/test-kit';
import { expect, test } from 'vitest';

import { createDisk, createRunner, openDisk, type Disk, type Runner } from '../src/index.ts';
import { imageBytes } from './header.ts';

const as = (from: Version): Runner =>
  createRunner({ binary: 'no-such-ploop', release: { from, to: from } });

/** What each mutation of a disk fails with. */
async function reasons(xml: string, runner: Runner): Promise<readonly unknown[]> {
  const directory = await temporaryDirectory();
  await writeFile(join(directory, 'DiskDescriptor.xml'), xml);
  for (const index of [0, 1, 2])
    await writeFile(join(directory, `d${String(index)}`), imageBytes());
  const disk: Disk = await openDisk(directory, { runner });
  const failures = [
    disk.snapshot(),
    disk.switchSnapshot(testGuid(0)),
    disk.deleteSnapshot(testGuid(1)),
    disk.mergeSnapshot(),
  ].map((work) =>
    work.then(
      () => 'nothing',
      (error: unknown) =>
        error instanceof Error && 'reason' in error && 'code' in error
          ? (error.reason ?? error.code)
          : error,
    ),
  );
  return Promise.all(failures);
}

const CHAIN = descriptorXml([{}, { parent: 0 }, { parent: 1 }]);
const ENCRYPTED = CHAIN.replace(
  '</Disk_Parameters>',
  '<Encryption><Engine>{00000000-0000-0000-0000-000000000000}</Engine><KeyId>key</KeyId></Encryption></Disk_Parameters>',
);

test('a release that would lose the key of an encrypted disk does not get to write it', async () => {
  const lost = Array.from({ length: 4 }, () => 'DESCRIPTOR_MISWRITTEN');
  expect(await reasons(ENCRYPTED, as('1.15'))).toEqual(lost);
  const runs = Array.from({ length: 4 }, () => 'SPAWN');
  expect(await reasons(ENCRYPTED, as('7.0.43'))).toEqual(runs);
  expect(await reasons(CHAIN, as('1.15'))).toEqual(runs);
});

test('the first of two steps is not taken if the release would not take the second', async () => {
  const directory = await temporaryDirectory();
  // Two temporary snapshots above each other, the lower one a bare disk, and two snapshots above those.
  const extra = '<Temporary/>';
  const shots = [{ extra }, { parent: 0, extra }, { parent: 1 }, { parent: 1 }, { parent: 2 }];
  const xml = descriptorXml(shots).replace('Compressed', 'Plain');
  await writeFile(join(directory, 'DiskDescriptor.xml'), xml);
  for (const [index] of shots.entries())
    await writeFile(join(directory, `d${String(index)}`), index === 0 ? '' : imageBytes());
  await truncate(join(directory, 'd0'), 204800 * 512);
  const reuse = async (release: Version): Promise<void> => {
    const disk = await openDisk(directory, { runner: as(release) });
    await disk.switchSnapshot(testGuid(3), { reuseTarget: true });
  };
  await expect(reuse('9.0.30')).rejects.toMatchObject({ reason: 'RELEASE_UNFIT' });
  await expect(reuse('7.0.280')).rejects.toMatchObject({ code: 'SPAWN' });
});

test('a new GUID is planned as it is stored', async () => {
  const directory = await temporaryDirectory();
  await writeFile(join(directory, 'DiskDescriptor.xml'), CHAIN);
  const disk = await openDisk(directory, { runner: as('7.0.280') });
  const guid = '{ABCDEF00-0000-4000-8000-000000000000}';
  const { descriptor } = await disk.plan.snapshot({ guid });
  expect(descriptor.shots.map((shot) => shot.guid)).toContain(guid.toLowerCase());
  const { descriptor: switched } = await disk.plan.switchSnapshot(testGuid(0), {
    keepOldTop: { guid },
  });
  expect(switched.shots.map((shot) => shot.guid)).toContain(guid.toLowerCase());
});

test.skipIf(!hasTool)('the release is found out where the caller does not say it', async () => {
  const path = join(await temporaryDirectory(), 'root.hdd');
  const disk = await createDisk({ path, size: 2 ** 24, fileSystem: 'none' });
  await disk.snapshot();
  const text = await readFile(disk.descriptorPath, 'utf8');
  const encrypted = text.replace(
    '</Disk_Parameters>',
    '<Encryption><KeyId>key</KeyId></Encryption></Disk_Parameters>',
  );
  await writeFile(disk.descriptorPath, encrypted);
  await expect(disk.snapshot()).rejects.toMatchObject({ reason: 'DESCRIPTOR_MISWRITTEN' });
  expect(await readFile(disk.descriptorPath, 'utf8')).toBe(encrypted);
});
