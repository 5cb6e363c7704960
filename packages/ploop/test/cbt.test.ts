import { createHash } from 'node:crypto';
import { readFile, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { createRunner, type Exec } from '@ploop/runner';
import { descriptorXml, imageBytes, temporaryDirectory } from '@ploop/test-kit';
import { expect, test } from 'vitest';

import { openDisk, type Disk } from '../src/index.ts';

const NONE = { text: '', droppedBytes: 0 };
const DONE = { exitCode: 0, cancelled: false, timedOut: false, stdout: NONE, stderr: NONE };

const CLUSTER = 32_768;
const CLOSED = 0x31_2e_32_76;
const IN_USE = 0x74_6f_6e_59;
const ID = '00010203-0405-0607-0809-0a0b0c0d0e0f';

/** An image whose format extension is one dirty bitmap without a bit, as releases 7 and later begin it. */
function imageWithBitmap(mark: number): Buffer {
  const bytes = Buffer.from(imageBytes({ mark, extension: 128n }, [], 3));
  const cluster = bytes.subarray(2 * CLUSTER, 3 * CLUSTER).fill(0);
  cluster.writeBigUInt64LE(0xab_23_4c_ef_23_dc_ea_87n, 0);
  cluster.writeBigUInt64LE(0x20_38_5f_ae_25_2c_b3_4an, 24);
  cluster.writeUInt32LE(32, 40);
  cluster.writeBigUInt64LE(4096n, 48);
  Buffer.from(ID.replaceAll('-', ''), 'hex').copy(cluster, 56);
  cluster.writeUInt32LE(128, 72);
  createHash('md5').update(cluster.subarray(24)).digest().copy(cluster, 8);
  return bytes;
}

/** A disk with that image, and a tool of release 7 that does something to it. */
async function tracked(
  work: (image: string, argv: readonly string[]) => Promise<unknown>,
  mark = CLOSED,
): Promise<{ readonly disk: Disk; readonly directory: string }> {
  const directory = await temporaryDirectory();
  await writeFile(join(directory, 'DiskDescriptor.xml'), descriptorXml([{}]));
  const image = join(directory, 'd0');
  await writeFile(image, imageWithBitmap(mark));
  const exec: Exec = async ({ argv }) => {
    await work(image, argv);
    return DONE;
  };
  const runner = createRunner({
    release: { from: '7.0.280', to: '7.0.280' },
    exec: Object.assign(exec, { isLocal: true }),
  });
  return { disk: await openDisk(directory, { runner }), directory };
}

const idle = (): Promise<void> => Promise.resolve();

test.each([
  [CLOSED, 'valid'],
  [IN_USE, 'in-use'],
  [0, 'stale'],
])('the dirty bitmaps of an image marked %i are %s', async (mark, state) => {
  const { disk } = await tracked(idle, mark);
  expect(await disk.dirtyBitmaps()).toEqual([{ id: ID, granularity: 65_536, state }]);
});

test('a disk without changed-block tracking has no dirty bitmaps', async () => {
  const { disk, directory } = await tracked(idle);
  for (const bytes of [imageBytes(), Buffer.alloc(1024)]) {
    await writeFile(join(directory, 'd0'), bytes);
    expect(await disk.dirtyBitmaps()).toEqual([]);
  }
});

test('a bitmap that is still there was not dropped', async () => {
  const { disk } = await tracked(idle);
  await expect(disk.dropCbt()).rejects.toMatchObject({ code: 'OUTCOME' });
  const calls: (readonly string[])[] = [];
  const dropped = await tracked(async (image, argv) => {
    calls.push(argv);
    const bytes = await readFile(image);
    bytes.fill(0, 56, 64);
    await writeFile(image, bytes);
  });
  await dropped.disk.dropCbt();
  expect(calls).toEqual([['-v0', 'cbt', 'drop', dropped.disk.descriptorPath]]);
});

test('a dump that is not there was not made', async () => {
  const { disk, directory } = await tracked(idle);
  const file = join(directory, 'cbt');
  await expect(disk.dumpCbt({ file })).rejects.toMatchObject({ code: 'OUTCOME' });
  const dumped = await tracked((_image, argv) => writeFile(argv[4] ?? '', ''));
  expect(await dumped.disk.dumpCbt({ file })).toEqual({ file });
  await expect(dumped.disk.dumpCbt({ file })).rejects.toMatchObject({ reason: 'TARGET_EXISTS' });
});

test('a snapshot begins changed-block tracking under its GUID', async () => {
  const calls: (readonly string[])[] = [];
  const { disk } = await tracked((_image, argv) => Promise.resolve(calls.push(argv)));
  const trackingGuid = '{11111111-1111-4111-8111-111111111111}';
  await expect(disk.snapshot({ trackingGuid })).rejects.toMatchObject({ code: 'OUTCOME' });
  expect(calls).toContainEqual(
    expect.arrayContaining(['snapshot', '-b', trackingGuid.slice(1, -1)]),
  );
  await expect(disk.snapshot({ trackingGuid: 'x' })).rejects.toMatchObject({
    reason: 'GUID_INVALID',
  });
});

test.each(['d9', 'DiskDescriptor.xml.lck', 'DiskDescriptor.xml.tmp', 'd0.mnt', '.statfs'])(
  'changed-block tracking is not copied to %s, which the disk uses',
  async (name) => {
    const runs: string[] = [];
    const { disk, directory } = await tracked((_image, argv) =>
      Promise.resolve(runs.push(argv.join(' '))),
    );
    const xml = descriptorXml([{ file: 'd9' }, { parent: 0, file: 'd0' }]);
    await writeFile(join(directory, 'DiskDescriptor.xml'), xml);
    const way = join(await temporaryDirectory(), 'way');
    await symlink(directory, way);
    for (const file of [join(directory, name), join(way, name)])
      for (const copy of [disk.dumpCbt({ file }), disk.sendCopy({ file })])
        await expect(copy).rejects.toMatchObject({
          code: 'REFUSED',
          reason: 'PATH_INVALID',
          message: expect.stringContaining('a name that the disk uses') as unknown,
        });
    expect(runs).toEqual([]);
  },
);
