import { execFileSync } from 'node:child_process';
import { readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { buffer } from 'node:stream/consumers';

import { memorySource } from '@ploop/image';
import { descriptorXml, imageBytes, temporaryDirectory } from '@ploop/test-kit';
import { hasQemu, qemuImg } from '@ploop/test-kit/qemu';
import { expect, test } from 'vitest';

import { createDigests } from '../../src/export/digests.ts';
import { exportSnapshot } from '../../src/export/export-snapshot.ts';
import { openSnapshot, type Snapshot } from '../../src/snapshot/open-snapshot.ts';

/** A disk of 128 KiB with two clusters. */
async function disk(): Promise<{ directory: string; snapshot: Snapshot }> {
  const directory = await temporaryDirectory();
  await writeFile(join(directory, 'd0'), imageBytes({ clusters: 4 }, [1, 0, 0, 2], 2));
  await writeFile(join(directory, 'DiskDescriptor.xml'), descriptorXml([{}], { blockSize: '64' }));
  return { directory, snapshot: await openSnapshot(directory) };
}

test.each([
  { format: 'vmdk' },
  { format: 'vmdk', subformat: 'streamOptimized' },
  { format: 'vhdx' },
] as const)('a stream gets the same bytes as a file: %j', async (options) => {
  const { directory, snapshot } = await disk();
  const target = join(directory, `out.${options.format}`);
  const result = await exportSnapshot(snapshot, target, { ...options, verify: true, sync: false });
  const file = await readFile(target);
  expect(result).toMatchObject({ fileBytes: file.length, verified: true });
  const stream = new PassThrough();
  const streamed = buffer(stream);
  await exportSnapshot(snapshot, stream, options);
  stream.end();
  expect(file.equals(await streamed)).toBe(true);
  await snapshot.close();
});

test.runIf(hasQemu)('the subformat of a VMDK image is what was asked for', async () => {
  const { directory, snapshot } = await disk();
  const ways = [{}, { compress: true }, { subformat: 'streamOptimized' }] as const;
  for (const [index, options] of ways.entries()) {
    const target = join(directory, `${String(index)}.vmdk`);
    await exportSnapshot(snapshot, target, { format: 'vmdk', sync: false, ...options });
    const type = index === 0 ? 'monolithicSparse' : 'streamOptimized';
    expect(JSON.parse(await qemuImg('info', '--output=json', target))).toMatchObject({
      'format-specific': { data: { 'create-type': type } },
    });
  }
  await snapshot.close();
});

test('a subformat that contradicts the other options is refused', async () => {
  const { directory, snapshot } = await disk();
  const target = join(directory, 'out');
  for (const options of [
    { subformat: 'streamOptimized' },
    { format: 'qcow2', subformat: 'monolithicSparse' },
    { format: 'vmdk', subformat: 'monolithicSparse', compress: true },
  ] as const)
    await expect(exportSnapshot(snapshot, target, options)).rejects.toMatchObject({
      code: 'OPTION_INVALID',
      diagnostics: [{ data: { option: 'subformat' } }],
    });
  await expect(
    exportSnapshot(snapshot, target, { format: 'vhdx', compress: true }),
  ).rejects.toThrow('vhdx is not compressed');
  await snapshot.close();
});

test('a file that is written in order is compared in parts', async () => {
  const bytes = Buffer.alloc(5 << 19, 7);
  const digests = createDigests();
  for (let at = 0; at < bytes.length; at += 300_001) digests.add(bytes.subarray(at, at + 300_001));
  const { signal } = new AbortController();
  await digests.verify(memorySource('same', bytes), signal);
  const other = Buffer.from(bytes);
  other[2 << 20] = 8;
  await expect(digests.verify(memorySource('other', other), signal)).rejects.toMatchObject({
    code: 'EXPORT_DIFFERS',
    diagnostics: [{ data: { position: 2 << 20 } }],
  });
});

test.runIf(hasQemu)(
  'a disk of 60 TiB with data at its end fits into VHDX, not into VMDK',
  async () => {
    const directory = await temporaryDirectory();
    const image = join(directory, 'disk.raw');
    await qemuImg('create', '-q', '-f', 'qcow2', join(directory, 'disk.qcow2'), '60T');
    execFileSync('qemu-io', ['-c', 'write -P 9 65970697666048 512', join(directory, 'disk.qcow2')]);
    const snapshot = await openSnapshot(join(directory, 'disk.qcow2'));
    const target = join(directory, 'out.vhdx');
    await exportSnapshot(snapshot, target, { format: 'vhdx', sync: false, threads: false });
    await qemuImg('check', target);
    execFileSync('qemu-io', ['-r', '-c', 'read -P 9 65970697666048 512', target]);
    expect((await stat(target)).blocks * 512).toBeLessThan(2 ** 23);
    await expect(exportSnapshot(snapshot, image, { format: 'vmdk' })).rejects.toThrow(
      'the format has disks of at most',
    );
    await snapshot.close();
  },
);
