import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { descriptorXml, temporaryDirectory, testGuid, type NodeXml } from '@ploop/test-kit';
import { expect, test } from 'vitest';

import { createRunner, openDisk, TOP_GUID, type Disk } from '../src/index.ts';
import { imageBytes } from './header.ts';

/** Whatever is not refused fails to start: `SPAWN`. */
const runner = createRunner({ binary: 'no-such-ploop' });

async function diskOf(nodes: readonly NodeXml[], top?: number): Promise<Disk> {
  const directory = await temporaryDirectory();
  const xml = descriptorXml(nodes, top === undefined ? {} : { top });
  await writeFile(join(directory, 'DiskDescriptor.xml'), xml);
  for (const index of nodes.keys())
    await writeFile(join(directory, `d${String(index)}`), imageBytes());
  return openDisk(directory, { runner });
}

const DAMAGED: readonly (readonly [name: string, nodes: readonly NodeXml[]])[] = [
  ['two shots with one GUID', [{}, { parent: 0 }, { guid: testGuid(1), parent: 0 }, { parent: 1 }]],
  ['two images in one file', [{}, { parent: 0 }, { parent: 0, file: './d1' }, { parent: 0 }]],
  ['a cycle', [{}, { parent: 2 }, { parent: 1 }, { parent: 0 }]],
  ['a parent that is no shot', [{}, { parentGuid: testGuid(9) }, { parent: 0 }]],
];

test.each(DAMAGED)('a disk with %s is not changed', async (_name, nodes) => {
  const disk = await diskOf(nodes);
  const refused = { code: 'REFUSED', reason: 'DISK_DAMAGED' };
  await expect(disk.snapshot()).rejects.toMatchObject(refused);
  await expect(disk.switchSnapshot(testGuid(0))).rejects.toMatchObject(refused);
  await expect(disk.deleteSnapshot(testGuid(1))).rejects.toMatchObject(refused);
  await expect(disk.mergeSnapshot()).rejects.toMatchObject(refused);
});

test('shots that hang on the top allow a snapshot, which mends that, and nothing else', async () => {
  const disk = await diskOf([{}, { parent: 0 }, { parent: 1 }], 1);
  const refused = { code: 'REFUSED', reason: 'DISK_DAMAGED' };
  await expect(disk.snapshot()).rejects.toMatchObject({ code: 'SPAWN' });
  await expect(disk.switchSnapshot(testGuid(0))).rejects.toMatchObject(refused);
  await expect(disk.deleteSnapshot(testGuid(2))).rejects.toMatchObject(refused);
  await expect(disk.mergeSnapshot(testGuid(2))).rejects.toMatchObject(refused);
});

test('a file that is no image is not given to the tool to remove', async () => {
  const victim = join(await temporaryDirectory(), 'victim');
  await writeFile(victim, 'precious');
  const refused = { code: 'REFUSED', reason: 'DISK_DAMAGED' };
  const leaf = await diskOf([{}, { parent: 0, file: victim }, { parent: 0 }]);
  await expect(leaf.deleteSnapshot(testGuid(1))).rejects.toMatchObject(refused);
  const top = await diskOf([{}, { parent: 0, file: victim }]);
  await expect(top.switchSnapshot(testGuid(0))).rejects.toMatchObject(refused);
  expect(await readFile(victim, 'utf8')).toBe('precious');
  const missing = await diskOf([{}, { parent: 0, file: 'nothing' }, { parent: 0 }]);
  await expect(missing.deleteSnapshot(testGuid(1))).rejects.toMatchObject({ code: 'SPAWN' });
});

test('the top is not discarded where others hang on its parent, which would be written to', async () => {
  const disk = await diskOf([{}, { parent: 0 }, { parent: 0 }]);
  await expect(disk.deleteSnapshot(TOP_GUID, { discardTop: true })).rejects.toMatchObject({
    reason: 'PARENT_IS_SHARED',
  });
});

test('what is no text is no GUID', async () => {
  const disk = await diskOf([{}]);
  // @ts-expect-error JavaScript programs do this
  await expect(disk.switchSnapshot(undefined)).rejects.toMatchObject({ reason: 'GUID_INVALID' });
});

test('an exit code of 0 is not believed', async () => {
  const disk = await diskOf([{}, { parent: 0 }, { parent: 0 }, { parent: 1 }]);
  const binary = join(import.meta.dirname, 'programs', 'lie.mjs');
  const liar = await openDisk(disk.descriptorPath, { runner: createRunner({ binary }) });
  const failed = { name: 'OutcomeError', code: 'OUTCOME' };
  await expect(liar.snapshot()).rejects.toMatchObject(failed);
  await expect(liar.switchSnapshot(testGuid(0))).rejects.toMatchObject(failed);
  await expect(liar.deleteSnapshot(testGuid(2))).rejects.toMatchObject(failed);
  await expect(liar.mergeSnapshot()).rejects.toMatchObject(failed);
});
