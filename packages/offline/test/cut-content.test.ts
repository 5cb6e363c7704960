import { truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { descriptorXml, imageBytes, sample, temporaryDirectory } from '@ploop/test-kit';
import { makeSparse, patch, run } from '@ploop/test-kit/disks/sparse-file';
import { hasDiskPrograms } from '@ploop/test-kit/programs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { checkDisk } from '../src/check/check-disk.ts';

const MIB = 2 ** 20;
const BLOCK = 2048;

/** How what is on a disk shows, in 32 MiB. */
const WRITTEN = {
  'ext4 on the whole disk': (path: string) => {
    run('mke2fs', ['-q', '-F', '-t', 'ext4', path, '32M']);
    return Promise.resolve();
  },
  'ext4 in a partition': (path: string) => {
    run('sgdisk', ['-n', '1:2048:0', path]);
    run('mke2fs', ['-q', '-F', '-t', 'ext4', '-E', `offset=${String(MIB)}`, path, '30M']);
    return Promise.resolve();
  },
  'data in a partition of a GPT': async (path: string) => {
    run('sgdisk', ['-n', '1:2048:0', path]);
    await patch(path, MIB, Buffer.alloc(4096, 'x'));
  },
  'LUKS in a partition of an MBR': async (path: string) => {
    run('sfdisk', ['-q', path], 'label: dos\nstart=2048, size=61440\n');
    await patch(path, MIB, Buffer.from('LUKS\xba\xbe\0\x01', 'latin1'));
  },
  'two partitions, the second after the cut': (path: string) => {
    run('sgdisk', ['-n', '1:2048:8191', '-n', '2:57344:0', path]);
    return Promise.resolve();
  },
} satisfies Readonly<Record<string, (path: string) => Promise<void>>>;

/** A bare disk with something on it; the file is cut, and with an image above it the disk is as long as before. */
async function cutDisk(
  write: (path: string) => Promise<void>,
  { cut, hasImage, size = 32 * MIB }: { cut: number; hasImage: boolean; size?: number },
): Promise<readonly string[]> {
  const directory = await temporaryDirectory();
  const path = join(directory, 'd0');
  await makeSparse(path, 32 * MIB);
  await write(path);
  await truncate(path, cut);
  const nodes = hasImage ? [{}, { parent: 0 }] : [{}];
  const sectors = hasImage ? size / 512 : cut / 512;
  const xml = descriptorXml(nodes, { blockSize: String(BLOCK), size: String(sectors) });
  await writeFile(join(directory, 'DiskDescriptor.xml'), xml.replaceAll('Compressed', 'Plain'));
  const clusters = size / (BLOCK * 512);
  const header = { blockSize: BLOCK, clusters, flags: 1 };
  if (hasImage) await writeFile(join(directory, 'd1'), imageBytes(header));
  const { diagnostics } = await checkDisk(directory, { deep: true });
  return diagnostics.flatMap(({ code, severity }) =>
    severity === 'info' || code === 'PARTITION_TABLE_DAMAGED' ? [] : [`${severity} ${code}`],
  );
}

const cuts = fc.integer({ min: 8, max: 27 }).map((mib) => mib * MIB);

describe.skipIf(!hasDiskPrograms)('the end of what is on a disk is missing', () => {
  test.each(Object.entries(WRITTEN))('%s: an error', async (name, write) => {
    await fc.assert(
      fc.asyncProperty(cuts, async (cut) => {
        const codes = await cutDisk(write, { cut, hasImage: false });
        expect(codes.filter((code) => code.startsWith('error'))).toEqual([
          name.startsWith('ext4') ? 'error FILE_SYSTEM_TRUNCATED' : 'error PARTITION_TRUNCATED',
        ]);
      }),
      sample(`cut disks: ${name}`, 3),
    );
  });

  test.each(Object.entries(WRITTEN))('%s, on the base: an error', async (_name, write) => {
    await fc.assert(
      fc.asyncProperty(cuts, async (cut) => {
        const codes = await cutDisk(write, { cut, hasImage: true });
        expect(codes).toContain('error BASE_TRUNCATED');
        expect(codes).not.toContain('warning BASE_SHORTER');
      }),
      sample('cut bases', 3),
    );
  });

  test.each(Object.entries(WRITTEN))('%s, and the disk grew: nothing is', async (_name, write) => {
    const codes = await cutDisk(write, { cut: 32 * MIB, hasImage: true, size: 40 * MIB });
    expect(codes).toEqual(['warning BASE_SHORTER']);
  });

  test('nothing was in the partition, or its file system ends before: a warning', async () => {
    const empty = (path: string): Promise<void> => {
      run('sgdisk', ['-n', '1:2048:0', path]);
      return Promise.resolve();
    };
    const small = async (path: string): Promise<void> => {
      await empty(path);
      run('mke2fs', ['-q', '-F', '-t', 'ext4', '-E', `offset=${String(MIB)}`, path, '10M']);
    };
    const outside = ['warning PARTITION_OUTSIDE'];
    expect(await cutDisk(empty, { cut: 20 * MIB, hasImage: false })).toEqual(outside);
    expect(await cutDisk(small, { cut: 20 * MIB, hasImage: false })).toEqual(outside);
    expect(await cutDisk(small, { cut: 20 * MIB, hasImage: true })).toEqual([
      'warning BASE_SHORTER',
    ]);
  });
});
