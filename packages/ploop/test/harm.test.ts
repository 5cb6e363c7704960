import { readFile, writeFile } from 'node:fs/promises';
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
