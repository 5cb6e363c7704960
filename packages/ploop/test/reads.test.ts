import { mkdir, symlink, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { descriptorXml, temporaryDirectory, testGuid } from '@ploop/test-kit';
import { expect, test } from 'vitest';

import { NIL_GUID, openDisk, openDiskSync, TOP_GUID, type Disk } from '../src/index.ts';
import { imageBytes } from './header.ts';

// 0 ── 1 (temporary) ── top
//  └── 2
const FORKED = descriptorXml([
  { file: 'root.hdd' },
  { parent: 0, extra: '<Temporary/>', file: '/elsewhere/d1' },
  { parent: 0 },
  { parent: 1, file: '../other/d3' },
]);

async function diskOf(xml: string): Promise<{ disk: Disk; directory: string }> {
  const directory = await temporaryDirectory();
  await writeFile(join(directory, 'DiskDescriptor.xml'), xml);
  return { disk: await openDisk(directory), directory };
}

test('images are base first and absolute, each form the same', async () => {
  const { disk, directory } = await diskOf(FORKED);
  const chain = [
    { guid: testGuid(0), file: join(directory, 'root.hdd') },
    { guid: testGuid(1), file: '/elsewhere/d1' },
    { guid: TOP_GUID, file: `${directory}/../other/d3` },
  ];
  expect(await disk.images()).toEqual(chain);
  expect(disk.imagesSync()).toEqual(chain);
  expect(disk.imagesSync(testGuid(2))).toEqual([
    chain[0],
    { guid: testGuid(2), file: join(directory, 'd2') },
  ]);
});

test('a GUID may be written in any case, with or without braces', async () => {
  const { disk } = await diskOf(FORKED);
  const expected = disk.imagesSync(testGuid(2));
  expect(disk.imagesSync(testGuid(2).toUpperCase())).toEqual(expected);
  expect(disk.imagesSync(testGuid(2).slice(1, -1))).toEqual(expected);
});

test('the top delta', async () => {
  const { disk, directory } = await diskOf(FORKED);
  expect(await disk.topDelta()).toBe(`${directory}/../other/d3`);
  expect(disk.topDeltaSync()).toBe(await disk.topDelta());
});

test('snapshots are in file order, with their marks', async () => {
  const { disk, directory } = await diskOf(FORKED);
  const snapshots = await disk.snapshots();
  expect(disk.snapshotsSync()).toEqual(snapshots);
  expect(snapshots[0]).toEqual({
    guid: testGuid(0),
    parentGuid: NIL_GUID,
    temporary: false,
    current: false,
    file: join(directory, 'root.hdd'),
  });
  expect(snapshots.map(({ temporary }) => temporary)).toEqual([false, true, false, false]);
  expect(snapshots.map(({ current }) => current)).toEqual([false, false, false, true]);
});

test.each([
  [{}, { size: 64 * 2 ** 20, statedSize: 64 * 2 ** 20, clusterSize: 2 ** 20, version: 1 }],
  [
    { signature: 'WithouFreSpacExt', blockSize: 128, sectors: 2 ** 33 + 1 },
    { size: 2 ** 42, statedSize: 2 ** 42 + 512, clusterSize: 2 ** 16, version: 2 },
  ],
])('image info comes from the header of the top: %o', async (fields, info) => {
  const { disk, directory } = await diskOf(descriptorXml([{}, { parent: 0 }], { size: '2048' }));
  await writeFile(join(directory, 'd1'), imageBytes(fields));
  const told = {
    ...info,
    mark: { value: 0, state: 'closed', text: '0x00000000' },
    differences: [
      { field: 'size', descriptor: 2 ** 20, image: info.statedSize },
      ...(info.clusterSize === 2 ** 20
        ? []
        : [{ field: 'clusterSize', descriptor: 2 ** 20, image: info.clusterSize }]),
    ],
  };
  expect(await disk.imageInfo()).toEqual(told);
  expect(disk.imageInfoSync()).toEqual(told);
});

test.each([
  ['Ynot', 'in-use', 'Ynot'],
  ['v2.1', 'closed-extended', 'v2.1'],
  ['pd17', 'closed-by-desktop', 'pd17'],
  ['\x01\x02\x03\xff', 'unknown', '0xff030201'],
])('the mark %j is reported as %s', async (bytes, state, text) => {
  const { disk, directory } = await diskOf(descriptorXml([{}], { size: '131072' }));
  const header = imageBytes();
  header.write(bytes, 44, 'latin1');
  await writeFile(join(directory, 'd0'), header);
  expect(await disk.imageInfo()).toMatchObject({ mark: { state, text }, differences: [] });
});

test('of a raw disk only the base is raw', async () => {
  const plain = (xml: string): string => xml.replaceAll('Compressed', 'Plain');
  const base = await diskOf(plain(descriptorXml([{}])));
  // What it begins with is the guest's.
  for (const start of ['', imageBytes()]) {
    await writeFile(join(base.directory, 'd0'), start);
    await truncate(join(base.directory, 'd0'), 10 * 2 ** 20 + 100);
    expect(await base.disk.imageInfo()).toMatchObject({
      size: 10 * 2 ** 20,
      clusterSize: 2 ** 20,
      version: 0,
      mark: undefined,
    });
  }
  const delta = await diskOf(plain(descriptorXml([{}, { parent: 0 }])));
  await writeFile(join(delta.directory, 'd1'), imageBytes());
  expect(await delta.disk.imageInfo()).toMatchObject({ version: 1 });
});

test.each<[string, Buffer | undefined, string]>([
  ['missing', undefined, 'FILE_UNREADABLE'],
  ['short', Buffer.alloc(100), 'HEADER_TOO_SHORT'],
  ['of zeros', Buffer.alloc(4096), 'HEADER_INVALID'],
])('a top image that is %s has no info', async (_name, bytes, code) => {
  const { disk, directory } = await diskOf(descriptorXml([{}]));
  if (bytes !== undefined) await writeFile(join(directory, 'd0'), bytes);
  await expect(disk.imageInfo()).rejects.toMatchObject({ name: 'DescriptorError', code });
  expect(() => disk.imageInfoSync()).toThrow(expect.objectContaining({ code }));
});

test('what is not a GUID and what is unknown is refused', async () => {
  const { disk } = await diskOf(FORKED);
  await expect(disk.images('base')).rejects.toMatchObject({ reason: 'GUID_INVALID' });
  await expect(disk.images(testGuid(9))).rejects.toMatchObject({ reason: 'SNAPSHOT_UNKNOWN' });
});

test('a damaged chain is said, not guessed', async () => {
  const { disk } = await diskOf(descriptorXml([{ parentGuid: testGuid(9) }]));
  await expect(disk.images()).rejects.toMatchObject({ code: 'PARENT_UNKNOWN' });
  const cyclic = await diskOf(descriptorXml([{ parent: 1 }, { parent: 0 }]));
  await expect(cyclic.disk.images()).rejects.toMatchObject({ code: 'PARENT_CYCLE' });
  await expect(cyclic.disk.snapshots()).resolves.toHaveLength(2);
});

test('a disk is its descriptor, its directory, or a link to either', async () => {
  const { directory } = await diskOf(FORKED);
  const descriptorPath = join(directory, 'DiskDescriptor.xml');
  await mkdir(join(directory, 'links'));
  await symlink(descriptorPath, join(directory, 'links', 'any.xml'));
  await symlink(directory, join(directory, 'links', 'dir'));
  for (const path of [descriptorPath, directory, 'links/any.xml', 'links/dir'])
    expect(openDiskSync(path.startsWith('/') ? path : join(directory, path))).toMatchObject({
      descriptorPath,
    });
});

test('what is not a disk is not opened', async () => {
  const directory = await temporaryDirectory();
  await expect(openDisk(directory)).rejects.toMatchObject({ code: 'FILE_UNREADABLE' });
  await writeFile(join(directory, 'DiskDescriptor.xml'), '<a>');
  await expect(openDisk(directory)).rejects.toMatchObject({ code: 'XML_SYNTAX', line: 1 });
  expect(() => openDiskSync(directory)).toThrow(expect.objectContaining({ code: 'XML_SYNTAX' }));
});

test('every read sees the disk as it is now', async () => {
  const { disk, directory } = await diskOf(descriptorXml([{}]));
  await writeFile(join(directory, 'DiskDescriptor.xml'), FORKED);
  expect(await disk.snapshots()).toHaveLength(4);
});
