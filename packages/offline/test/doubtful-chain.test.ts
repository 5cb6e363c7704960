import { link, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { descriptorXml, imageBytes, temporaryDirectory, testGuid } from '@ploop/test-kit';
import { expect, test } from 'vitest';

import { checkDisk } from '../src/check/check-disk.ts';
import { openSnapshot } from '../src/snapshot/open-snapshot.ts';

const NODES = [{}, { parent: 0 }, { parent: 1 }];
const SIZES = { blockSize: '64', size: '4096' };

async function disk(change: (xml: string) => string = (xml) => xml): Promise<string> {
  const directory = await temporaryDirectory();
  for (const level of [0, 1, 2])
    await writeFile(join(directory, `d${String(level)}`), imageBytes({}, [1]));
  await writeFile(join(directory, 'DiskDescriptor.xml'), change(descriptorXml(NODES, SIZES)));
  return directory;
}

async function codesOf(directory: string, guid?: string): Promise<readonly string[]> {
  const snapshot = await openSnapshot(directory, guid);
  await snapshot.close();
  return snapshot.diagnostics.map(({ code }) => code);
}

test('a snapshot of a healthy chain has nothing to say', async () => {
  expect(await codesOf(await disk())).toEqual([]);
});

test.each([
  ['hard link', link],
  ['symlink', symlink],
])('a snapshot says that two of its images are one file: %s', async (_, make) => {
  const directory = await disk();
  await rm(join(directory, 'd1'));
  await make(join(directory, 'd0'), join(directory, 'd1'));
  expect(await codesOf(directory)).toEqual(['DELTA_SHARED']);
  expect(await codesOf(directory, testGuid(0))).toEqual([]);
});

test('a snapshot says that two images have one file in the descriptor', async () => {
  const directory = await disk((xml) => xml.replace('>d1<', '>d0<'));
  expect(await codesOf(directory)).toEqual(['FILE_DUPLICATE']);
});

test('the top says that shots hang on it, and other snapshots do not', async () => {
  const directory = await disk((xml) => xml.replace(/<TopGUID>[^<]*/, `<TopGUID>${testGuid(1)}`));
  expect(await codesOf(directory)).toEqual(['TOP_WITH_CHILDREN']);
  expect(await codesOf(directory, testGuid(0))).toEqual([]);
});

test('a deep check, which reads the top as well, says it once', async () => {
  const directory = await disk((xml) =>
    xml.replace(/<TopGUID>[^<]*/, `<TopGUID>${testGuid(1)}`).replace('>d1<', '>d0<'),
  );
  const { diagnostics } = await checkDisk(directory, { deep: true });
  for (const code of ['FILE_DUPLICATE', 'TOP_WITH_CHILDREN'])
    expect(diagnostics.filter((finding) => finding.code === code)).toHaveLength(1);
});
