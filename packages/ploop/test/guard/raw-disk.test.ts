import { readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';

import { descriptorXml, imageBytes, temporaryDirectory, testGuid } from '@ploop/test-kit';
import { expect, test } from 'vitest';

import { createRunner, openDisk, type DiagnosticCode, type Disk } from '../../src/index.ts';

const CLUSTER = 32 * 1024;
/** What the tool writes for 10 clusters. */
const GEOMETRY = '<Cylinders>5</Cylinders><Heads>4</Heads>';
/** A call that is let through fails as SPAWN. */
const runner = createRunner({ binary: 'no-such-ploop', release: { from: '1.15', to: '1.15' } });

/** A raw disk whose base is a file of so many bytes, alone or under a delta of so many clusters. */
async function rawDisk(bytes: number, clusters: number, hasDelta: boolean): Promise<Disk> {
  const directory = await temporaryDirectory();
  const nodes = hasDelta ? [{}, { parent: 0 }] : [{}];
  const xml = descriptorXml(nodes, { blockSize: '64', size: String(clusters * 64) });
  const text = xml
    .replaceAll('Compressed', 'Plain')
    .replace('<Cylinders>400</Cylinders><Heads>16</Heads>', GEOMETRY);
  await writeFile(join(directory, 'DiskDescriptor.xml'), text);
  await writeFile(join(directory, 'd0'), Buffer.alloc(bytes, 7));
  if (hasDelta) await writeFile(join(directory, 'd1'), imageBytes({ clusters }));
  return openDisk(directory, { runner });
}

const snapshot = (disk: Disk): Promise<unknown> => disk.snapshot();
const merge = (disk: Disk): Promise<unknown> => disk.mergeSnapshot();
const deleteBase = (disk: Disk): Promise<unknown> => disk.deleteSnapshot(testGuid(0));
const grow = (disk: Disk): Promise<unknown> => disk.grow(20 * CLUSTER);

test.each<[string, number, boolean, (disk: Disk) => Promise<unknown>, DiagnosticCode]>([
  ['a base that is longer than the disk, merged into', 16, true, merge, 'CHAIN_SHRUNK'],
  ['a base that is longer than the disk, deleted', 16, true, deleteBase, 'CHAIN_SHRUNK'],
  ['a base of part of a cluster, under a snapshot', 10.5, false, snapshot, 'SIZE_NOT_WHOLE'],
  ['a cut base, merged into', 5, true, merge, 'BASE_TRUNCATED'],
  ['a cut base, deleted', 5, true, deleteBase, 'BASE_TRUNCATED'],
  ['a cut disk, grown', 5, false, grow, 'IMAGE_TRUNCATED'],
  ['a cut disk, under a snapshot', 5, false, snapshot, 'IMAGE_TRUNCATED'],
])('%s: nothing is started', async (_name, clusters, hasDelta, mutate, code) => {
  const disk = await rawDisk(clusters * CLUSTER, 10, hasDelta);
  const before = await readFile(disk.descriptorPath, 'utf8');
  await expect(mutate(disk)).rejects.toMatchObject({
    code: 'REFUSED',
    reason: 'DISK_DAMAGED',
    diagnostics: expect.arrayContaining([expect.objectContaining({ code })]) as unknown,
  });
  expect(await readFile(disk.descriptorPath, 'utf8')).toBe(before);
});

test('images that a descriptor names absolutely are looked at, too', async () => {
  const disk = await rawDisk(16 * CLUSTER, 10, true);
  const xml = await readFile(disk.descriptorPath, 'utf8');
  const directory = dirname(disk.descriptorPath);
  await writeFile(disk.descriptorPath, xml.replaceAll(/<File>(?=d)/g, `<File>${directory}/`));
  await expect(deleteBase(await openDisk(directory, { runner }))).rejects.toMatchObject({
    reason: 'DISK_DAMAGED',
    diagnostics: [expect.objectContaining({ code: 'CHAIN_SHRUNK' })],
  });
});

test('a sound raw disk is let through', async () => {
  const disk = await rawDisk(10 * CLUSTER, 10, true);
  for (const mutate of [merge, deleteBase, snapshot])
    await expect(mutate(disk)).rejects.toMatchObject({ code: 'SPAWN' });
});

test('the version of a raw disk is not converted, with a delta either', async () => {
  for (const hasDelta of [false, true]) {
    const disk = await rawDisk(10 * CLUSTER, 10, hasDelta);
    const refused = { code: 'REFUSED', reason: 'DISK_IS_RAW' };
    await expect(disk.convert({ version: 2 })).rejects.toMatchObject(refused);
  }
});

test('the base of a raw disk is not deleted because it is the base', async () => {
  const disk = await rawDisk(10 * CLUSTER, 10, false);
  const [top] = await disk.snapshots();
  const deleted = disk.deleteSnapshot(top?.guid ?? '', { discardTop: true });
  await expect(deleted).rejects.toMatchObject({ code: 'SPAWN' });
});
