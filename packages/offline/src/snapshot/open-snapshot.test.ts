import { writeFile, appendFile, link, mkdir, rm, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';

import { descriptorXml, imageBytes, temporaryDirectory, testGuid } from '@ploop/test-kit';
import { expect, test } from 'vitest';

import { openSnapshot } from './open-snapshot.ts';

const CLUSTER = 32768;

/** A base with clusters 0 and 2, a delta with cluster 2. */
async function disk(
  xml = descriptorXml([{}, { parent: 0 }], { blockSize: '64' }),
): Promise<string> {
  const directory = await temporaryDirectory('ploop disk ');
  await writeFile(join(directory, 'DiskDescriptor.xml'), xml);
  await writeFile(join(directory, 'd0'), imageBytes({ clusters: 4 }, [1, 0, 2]));
  await writeFile(join(directory, 'd1'), imageBytes({ clusters: 4 }, [0, 0, 1]));
  return directory;
}

test('a snapshot is read, streamed, listed and hashed', async () => {
  const directory = await disk();
  const snapshot = await openSnapshot(directory, testGuid(0).toUpperCase());
  expect(snapshot).toMatchObject({
    guid: testGuid(0),
    live: false,
    size: 4 * CLUSTER,
    diagnostics: [],
    images: [{ guid: testGuid(0), path: join(directory, 'd0') }],
  });
  const model = Buffer.alloc(4 * CLUSTER);
  model.fill(1, 0, CLUSTER).fill(2, 2 * CLUSTER, 3 * CLUSTER);
  expect(model.equals(await snapshot.read(0, 4 * CLUSTER))).toBe(true);
  const range = { start: CLUSTER - 1, end: 2 * CLUSTER + 1 };
  const part = model.subarray(range.start, range.end);
  expect(part.equals(await buffer(snapshot.createReadStream(range)))).toBe(true);
  expect(part.equals(await buffer(snapshot.createWebStream(range)))).toBe(true);
  expect(await snapshot.hash()).toMatch(/^[0-9a-f]{64}$/);
  const found = [];
  for await (const { start, allocated } of snapshot.extents()) found.push([start, allocated]);
  expect(found).toEqual([0, 1, 2, 3].map((cluster) => [cluster * CLUSTER, cluster % 2 === 0]));
  await snapshot.close();
});

test('without a GUID it is the top, whatever its GUID', async () => {
  const nodes = [{}, { parent: 0 }, { parent: 0 }];
  const directory = await disk(descriptorXml(nodes, { top: 1, blockSize: '64' }));
  const snapshot = await openSnapshot(join(directory, 'DiskDescriptor.xml'));
  expect(snapshot.live).toBe(true);
  expect((await snapshot.read(2 * CLUSTER, 1))[0]).toBe(1);
  await snapshot.close();
});

test('that an image was written to meanwhile is noticed', async () => {
  const directory = await disk();
  const snapshot = await openSnapshot(directory);
  await snapshot.checkUnchanged();
  await appendFile(join(directory, 'd0'), 'x');
  await expect(snapshot.checkUnchanged()).rejects.toMatchObject({ code: 'IMAGE_CHANGED' });
  await snapshot.close();
});

test('parent volumes are followed', async () => {
  const root = await temporaryDirectory();
  const [parent, child] = [join(root, 'parent'), join(root, 'child')];
  const xml = (nodes: Parameters<typeof descriptorXml>[0], above = ''): string =>
    descriptorXml(nodes, { blockSize: '64' }).replace(
      '<Storage>',
      `<Volume>${above}</Volume><Storage>`,
    );
  for (const directory of [parent, child]) await mkdir(directory);
  await writeFile(join(parent, 'DiskDescriptor.xml'), xml([{ guid: testGuid(7) }]));
  await writeFile(join(parent, 'd0'), imageBytes({ clusters: 4 }, [1]));
  const above = xml([{ parentGuid: testGuid(7) }], '<Parent>../parent</Parent>');
  await writeFile(join(child, 'DiskDescriptor.xml'), above);
  await writeFile(join(child, 'd0'), imageBytes({ clusters: 4 }, [0, 1]));
  const snapshot = await openSnapshot(child, undefined, { confine: root });
  expect(snapshot.images.map(({ path }) => path)).toEqual([join(parent, 'd0'), join(child, 'd0')]);
  expect((await snapshot.read(0, 1))[0]).toBe(1);
  await snapshot.close();

  // What the base is, the descriptor that it belongs to says, not the one that was opened.
  await writeFile(join(child, 'DiskDescriptor.xml'), above.replace('Compressed', 'Plain'));
  const same = await openSnapshot(child, undefined, { confine: root });
  expect([same.rawBase, (await same.read(0, 1))[0]]).toEqual([false, 1]);
  await same.close();
  const raw = xml([{ guid: testGuid(7) }]).replace('Compressed', 'Plain');
  await writeFile(join(parent, 'DiskDescriptor.xml'), raw);
  await writeFile(join(child, 'DiskDescriptor.xml'), above);
  const bare = await openSnapshot(child, undefined, { confine: root });
  expect([bare.rawBase, (await bare.read(0, 1))[0]]).toEqual([true, 'W'.charCodeAt(0)]);
  await bare.close();
});

test.each([
  ['SHOT_UNKNOWN', descriptorXml([{}]), testGuid(9)],
  ['SHOT_UNKNOWN', descriptorXml([{}]), '../etc'],
  ['PARENT_CYCLE', descriptorXml([{ parent: 1 }, { parent: 0 }]), undefined],
  ['PARENT_UNKNOWN', descriptorXml([{ parentGuid: testGuid(9) }]), undefined],
  ['XML_SYNTAX', '<a>', undefined],
  ['DELTA_MISSING', descriptorXml([{ file: 'nothing' }]), undefined],
  ['DELTA_OUTSIDE', descriptorXml([{ file: '/dev/zero' }]), undefined],
  ['HEADER_INVALID', descriptorXml([{ file: 'DiskDescriptor.xml' }]), undefined],
])('what cannot be opened has a code: %s', async (code, xml, guid) => {
  await expect(openSnapshot(await disk(xml), guid)).rejects.toMatchObject({ code });
});

test('a hash or a stream of images that were written to meanwhile fails', async () => {
  const directory = await disk();
  await using snapshot = await openSnapshot(directory);
  const web = snapshot.createWebStream();
  const stream = snapshot.createReadStream();
  await appendFile(join(directory, 'd0'), 'x');
  const reads = [
    () => snapshot.hash(),
    () => snapshot.hash({ end: 5 }),
    () => buffer(web),
    () => buffer(stream),
  ];
  for (const read of reads) await expect(read()).rejects.toMatchObject({ code: 'IMAGE_CHANGED' });
});

const TWO = [{}, { parent: 0 }];

test('a top that ends before the disk of its descriptor says so', async () => {
  const findings = async (size: string, guid?: string) =>
    (await openSnapshot(await disk(descriptorXml(TWO, { blockSize: '64', size })), guid))
      .diagnostics;
  expect(await findings('320')).toMatchObject([
    { code: 'DISK_SIZE_DIFFERS', data: { sectors: 256, stated: 320 } },
  ]);
  // The disk may have grown since, or the descriptor was not changed after it had.
  for (const right of [findings('320', testGuid(0)), findings('256'), findings('192')])
    expect(await right).toEqual([]);
});

test('a Storage that starts after the start of the disk is a finding', async () => {
  const xml = descriptorXml(TWO, { blockSize: '64', size: '256' });
  const { diagnostics } = await openSnapshot(
    await disk(xml.replace('<Storage>', '<Storage><Start>8</Start>')),
  );
  expect(diagnostics).toMatchObject([{ code: 'STORAGE_GAP', data: { from: 0, to: 8 } }]);
});

test.each([
  ['FILE_DUPLICATE', 'd0', () => Promise.resolve()],
  ['FILE_DUPLICATE', './d0', () => Promise.resolve()],
  ['DELTA_SHARED', 'd1', (base: string, top: string) => symlink(base, top)],
  ['DELTA_SHARED', 'd1', (base: string, top: string) => link(base, top)],
])('images that are one file say so: %s, %s', async (code, file, make) => {
  const xml = descriptorXml([{}, { parent: 0, file }], { blockSize: '64', size: '256' });
  const directory = await disk(xml);
  const [base, top] = [join(directory, 'd0'), join(directory, 'd1')];
  await rm(top);
  await make(base, top);
  const { diagnostics } = await openSnapshot(directory);
  expect(diagnostics).toMatchObject([{ code, data: { other: testGuid(0) } }]);
});

test('the parts of a split disk that are one file say so', async () => {
  const xml = descriptorXml([{}], { blockSize: '64', size: '512' });
  const [storage = ''] = /<Storage>[^]*<\/Storage>/.exec(xml) ?? [];
  const part = (start: number, end: number): string =>
    storage.replace(
      '<Storage>',
      `<Storage><Start>${String(start)}</Start><End>${String(end)}</End>`,
    );
  const directory = await disk(xml.replace(storage, part(0, 256) + part(256, 512)));
  const { diagnostics, size } = await openSnapshot(directory);
  expect(size).toBe(8 * CLUSTER);
  expect(diagnostics).toMatchObject([{ code: 'FILE_DUPLICATE' }]);
});
