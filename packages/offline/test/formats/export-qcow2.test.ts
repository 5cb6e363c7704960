import { createHash } from 'node:crypto';
import { readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { buffer } from 'node:stream/consumers';

import { sectors } from '@ploop/descriptor';
import { createImage } from '@ploop/image';
import { descriptorXml, imageBytes, temporaryDirectory } from '@ploop/test-kit';
import { hasQemu, qemuImg } from '@ploop/test-kit/qemu';
import { expect, test } from 'vitest';

import { writeNewImage } from '../../src/disk/image-file.ts';
import { exportSnapshot } from '../../src/export/export-snapshot.ts';
import { openSnapshot, type Snapshot } from '../../src/snapshot/open-snapshot.ts';

const CLUSTER = 32_768;
const CLUSTERS = 400;

/** A disk of 12.5 MiB of which every fifth cluster is stored. */
async function disk(): Promise<{ directory: string; model: Buffer; snapshot: Snapshot }> {
  const directory = await temporaryDirectory();
  let used = 0;
  const bat = Array.from({ length: CLUSTERS }, (_, cluster) =>
    cluster % 5 === 0 ? (used += 1) : 0,
  );
  const bytes = imageBytes({ clusters: CLUSTERS }, bat, used);
  const model = Buffer.alloc(CLUSTERS * CLUSTER);
  for (const [cluster, entry] of bat.entries())
    if (entry > 0)
      model.set(bytes.subarray(entry * CLUSTER, (entry + 1) * CLUSTER), cluster * CLUSTER);
  await writeFile(join(directory, 'd0'), bytes);
  await writeFile(join(directory, 'DiskDescriptor.xml'), descriptorXml([{}], { blockSize: '64' }));
  return { directory, model, snapshot: await openSnapshot(directory) };
}

const FORMAT = { format: 'qcow2', sync: false } as const;

test('threads, the event loop, streams and exports that go on write the same file', async () => {
  const { directory, model, snapshot } = await disk();
  const [one, other] = [join(directory, 'one.qcow2'), join(directory, 'other.qcow2')];
  const result = await exportSnapshot(snapshot, one, { ...FORMAT, hash: true, verify: true });
  const file = await readFile(one);
  expect(result).toMatchObject({
    ...{ size: model.length, resumedAt: 0, fileBytes: file.length, verified: true },
    sha256: createHash('sha256').update(model).digest('hex'),
  });

  const stream = new PassThrough();
  const streamed = buffer(stream);
  await exportSnapshot(snapshot, stream, FORMAT);
  stream.end();
  expect(file.equals(await streamed)).toBe(true);

  const stop = new AbortController();
  await expect(
    exportSnapshot(snapshot, other, {
      ...{ format: 'qcow2', threads: false, signal: stop.signal },
      progress: ({ position }) => {
        if (position > file.length / 2) stop.abort(new Error('enough'));
      },
    }),
  ).rejects.toThrow('enough');
  const { resumedAt } = await exportSnapshot(snapshot, other, { format: 'qcow2', threads: false });
  expect(resumedAt).toBeGreaterThan(0);
  expect(file.equals(await readFile(other))).toBe(true);
  await snapshot.close();
});

test('what was begun as a raw disk is not gone on with as an image', async () => {
  const { directory, snapshot } = await disk();
  const target = join(directory, 'out');
  const stop = new AbortController();
  const progress = ({ position }: { readonly position: number }): void => {
    if (position > 2 ** 22) stop.abort(new Error('enough'));
  };
  const begun = exportSnapshot(snapshot, target, { signal: stop.signal, progress });
  await expect(begun).rejects.toThrow('enough');
  expect(await exportSnapshot(snapshot, target, FORMAT)).toMatchObject({ resumedAt: 0 });
  await snapshot.close();
});

test('a compressed image goes to a file alone, and is there in whole or not at all', async () => {
  const { directory, model, snapshot } = await disk();
  const target = join(directory, 'out.qcow2');
  const options = { ...FORMAT, compress: true };
  const refused = { message: expect.stringContaining('goes to a file only') as string };
  for (const other of [new PassThrough(), '/dev/null'])
    await expect(exportSnapshot(snapshot, other, options)).rejects.toMatchObject(refused);
  await expect(exportSnapshot(snapshot, target, { compress: true, format: 'raw' })).rejects.toThrow(
    'raw is not compressed',
  );
  const stop = new AbortController();
  const progress = (): void => {
    stop.abort(new Error('enough'));
  };
  const begun = exportSnapshot(snapshot, target, { ...options, signal: stop.signal, progress });
  await expect(begun).rejects.toThrow('enough');
  expect(await readdir(directory)).toEqual(['DiskDescriptor.xml', 'd0']);
  const result = await exportSnapshot(snapshot, target, { ...options, verify: true, hash: true });
  expect(result).toMatchObject({
    ...{ size: model.length, fileBytes: (await stat(target)).size, verified: true },
    sha256: createHash('sha256').update(model).digest('hex'),
  });
  await snapshot.close();
});

test('a name of another format is refused', async () => {
  const { directory, snapshot } = await disk();
  const before = await readdir(directory);
  for (const name of ['x.raw', 'x.vmdk', 'x.qcow2.gz'])
    await expect(exportSnapshot(snapshot, join(directory, name), FORMAT)).rejects.toMatchObject({
      code: 'OPTION_INVALID',
      message: expect.stringContaining('because the export is a qcow2 image') as string,
    });
  await expect(exportSnapshot(snapshot, join(directory, 'x.qcow2'))).rejects.toMatchObject({
    message: expect.stringContaining('add --format qcow2') as string,
  });
  expect(await readdir(directory)).toEqual(before);
  await snapshot.close();
});

test('a cluster that is damaged stops the export before anything is written', async () => {
  const { directory, snapshot } = await disk();
  await snapshot.close();
  const bytes = await readFile(join(directory, 'd0'));
  bytes.writeUInt32LE(2 ** 20, 64);
  await writeFile(join(directory, 'd0'), bytes);
  const target = join(directory, 'out.qcow2');
  const damaged = await openSnapshot(directory);
  await expect(exportSnapshot(damaged, target, FORMAT)).rejects.toMatchObject({
    code: 'CLUSTER_BEYOND_END',
    diagnostics: [{}, { code: 'EXPORT_BLOCKED' }],
  });
  expect(await readdir(directory)).toEqual(['DiskDescriptor.xml', 'd0']);
  const { lostBytes } = await exportSnapshot(damaged, target, { ...FORMAT, salvage: true });
  expect(lostBytes).toBe(CLUSTER);
  await damaged.close();
});

test.runIf(hasQemu)('a disk of 16 TiB without data takes no time and hardly any room', async () => {
  const directory = await temporaryDirectory();
  const image = createImage({ version: 2, size: sectors(2 ** 35) });
  await writeNewImage(join(directory, 'd0'), image);
  await writeFile(
    join(directory, 'DiskDescriptor.xml'),
    descriptorXml([{}], { size: String(2 ** 35), blockSize: '2048' }),
  );
  const snapshot = await openSnapshot(directory);
  const target = join(directory, 'out.qcow2');
  await exportSnapshot(snapshot, target, FORMAT);
  expect((await stat(target)).size).toBeLessThan(2 ** 20);
  await qemuImg('check', target);
  expect(JSON.parse(await qemuImg('info', '--output=json', target))).toMatchObject({
    'virtual-size': 2 ** 44,
    'format-specific': { data: { 'lazy-refcounts': false, compat: '1.1' } },
  });
  await snapshot.close();
});
