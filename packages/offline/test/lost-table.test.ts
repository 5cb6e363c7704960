import { spawnSync } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { bytes as toByteCount } from '@ploop/descriptor';
import { memorySource, type ImageSource } from '@ploop/descriptor/internal';
import { checkImage } from '@ploop/image';
import { descriptorXml, hasTool, imageBytes, sample, temporaryDirectory } from '@ploop/test-kit';
import { systemPath } from '@ploop/test-kit/programs';
import { hasQemu } from '@ploop/test-kit/qemu';
import fc from 'fast-check';
import { expect, test } from 'vitest';

import { checkDisk } from '../src/check/check-disk.ts';

const env = { ...process.env, PATH: systemPath, LC_ALL: 'C', PLOOP_PAD: 'x'.repeat(8192) };
const CLUSTER = 32_768;

async function codesOf(bytes: Uint8Array): Promise<readonly string[]> {
  const { diagnostics } = await checkImage(memorySource('f', bytes));
  return diagnostics.map(({ code }) => code);
}

function run(program: string, ...argv: readonly string[]): void {
  const { status, stderr } = spawnSync(program, argv, { env, encoding: 'utf8' });
  expect(status, stderr).toBe(0);
}

/** Bytes of an image whose clusters of the disk are at other places, up to 200 of them. */
const images = fc
  .record({
    version: fc.constantFrom<1 | 2>(1, 2),
    blockSize: fc.constantFrom(64, 128, 1024),
    clusters: fc.integer({ min: 1, max: 40_000 }),
    data: fc.integer({ min: 1, max: 20 }),
    mark: fc.constantFrom(0, 0x746f_6e59),
    flags: fc.constantFrom(0, 1),
  })
  .map(({ data, ...header }) => imageBytes(header, [], data));

test('a table of zeros before data is one finding, whatever the mark and the flags say', async () => {
  await fc.assert(
    fc.asyncProperty(images, async (bytes) => {
      const codes = await codesOf(bytes);
      expect(codes.filter((code) => code !== 'IMAGE_IN_USE')).toEqual(['BAT_LOST']);
    }),
    sample('lost tables', 40),
  );
});

test('it says how much data the table led to', async () => {
  const { diagnostics } = await checkImage(memorySource('f', imageBytes({}, [], 3)));
  expect(diagnostics).toMatchObject([
    { code: 'BAT_LOST', severity: 'error', data: { clusters: 3, bytes: 3 * CLUSTER } },
  ]);
});

test('clusters of zeros are freed ones: a discard punches holes and keeps the file as long', async () => {
  await fc.assert(
    fc.asyncProperty(images, async (bytes) => {
      const first = new DataView(bytes.buffer).getUint32(48, true) * 512;
      const codes = await codesOf(bytes.fill(0, first));
      expect(codes).toContain('CLUSTERS_UNUSED');
      expect(codes).not.toContain('BAT_LOST');
    }),
    sample('discarded images', 40),
  );
});

/** Entries of an image with as many clusters of data, some of which are zeros now. */
const partly = fc
  .record({
    version: fc.constantFrom<1 | 2>(1, 2),
    data: fc.integer({ min: 2, max: 60 }),
    lost: fc.array(fc.boolean(), { minLength: 60, maxLength: 60 }),
  })
  .map(({ version, data, lost }) => {
    const entry = (index: number): number => (index + 1) * (version === 1 ? 64 : 1);
    const kept = Array.from({ length: data }, (_, index) => index === 0 || lost[index] !== true);
    const bat = kept.map((isKept, index) => (isKept ? entry(index) : 0));
    const gone = kept.filter((isKept) => !isKept).length;
    return { gone, bytes: imageBytes({ version, clusters: 60 }, bat, data), data };
  });

test('a table that is zeros in part is a finding, and clusters of zeros are not', async () => {
  await fc.assert(
    fc.asyncProperty(partly, async ({ gone, bytes, data }) => {
      expect(await codesOf(bytes)).toEqual(gone === 0 ? [] : ['BAT_PARTLY_LOST']);
      const freed = bytes.fill(0, CLUSTER, CLUSTER * (data + 1));
      expect(await codesOf(freed)).toEqual(gone === 0 ? [] : ['CLUSTERS_UNUSED']);
    }),
    sample('tables lost in part', 40),
  );
});

test('the last clusters of an image in use may be waiting for their entry', async () => {
  const mark = 0x746f_6e59;
  expect(await codesOf(imageBytes({ mark }, [1, 2], 3))).toEqual([
    'IMAGE_IN_USE',
    'CLUSTERS_UNUSED',
  ]);
  expect(await codesOf(imageBytes({ mark }, [1, 3], 3))).toEqual([
    'IMAGE_IN_USE',
    'BAT_PARTLY_LOST',
  ]);
});

test('what is left of a format extension is not data of the disk', async () => {
  const bytes = Buffer.from(imageBytes({ flags: 1 }, [], 3));
  const view = bytes.subarray(2 * CLUSTER, 3 * CLUSTER).fill(0);
  view.writeBigUInt64LE(0xab23_4cef_23dc_ea87n, 0);
  view.writeBigUInt64LE(0x2038_5fae_252c_b34an, 24);
  view.writeUInt32LE(32 + 16, 40);
  view.writeUInt32LE(2, 48 + 28);
  view.writeBigUInt64LE(64n, 48 + 32);
  view.writeBigUInt64LE(192n, 48 + 40);
  expect(await codesOf(bytes)).toEqual(['CLUSTERS_UNUSED']);
  expect(await codesOf(Buffer.concat([bytes, Buffer.alloc(CLUSTER, 1)]))).toEqual(['BAT_LOST']);
});

test('data after more holes than are read are found', async () => {
  const clusters = 20_000;
  const bytes = imageBytes({ blockSize: 64, clusters }, [], 0);
  const end = bytes.length + 3000 * CLUSTER;
  const source = memorySource('f', bytes);
  const readAt: ImageSource['readAt'] = (target, position) => {
    for (let index = 0; index < target.length; index += 1)
      target[index] = bytes[position + index] ?? (position + index < end / 2 ? 0 : 1);
    return Promise.resolve(target.length);
  };
  const { diagnostics } = await checkImage({ ...source, bytes: toByteCount(end), readAt });
  expect(diagnostics.map(({ code }) => code)).toEqual(['BAT_LOST']);
});

test.skipIf(!hasTool || !hasQemu)('fresh images of the tool and of QEMU are empty', async () => {
  const directory = await temporaryDirectory();
  const at = (name: string): string => join(directory, name);
  run('ploop', 'init', '-s', '50M', '-t', 'none', '-v', '1', at('root.hdd'));
  run('ploop', 'snapshot', at('DiskDescriptor.xml'));
  run('qemu-img', 'create', '-q', '-f', 'raw', at('zeros'), '50M');
  run('qemu-img', 'create', '-q', '-f', 'parallels', at('new.hds'), '50M');
  run('qemu-img', 'convert', '-O', 'parallels', at('zeros'), at('converted.hds'));
  run(
    'qemu-io',
    '-f',
    'parallels',
    '-c',
    'write -P 7 3M 1M',
    '-c',
    'write -z 3M 1M',
    at('new.hds'),
  );
  for (const name of ['root.hdd', 'new.hds', 'converted.hds'])
    expect(await codesOf(await readFile(at(name)))).not.toContain('BAT_LOST');
  const { diagnostics } = await checkDisk(directory, { deep: true });
  expect(diagnostics.map(({ code }) => code)).not.toContain('BAT_LOST');
});

test('a base that a reverse merge has emptied has lost nothing', async () => {
  const directory = await temporaryDirectory();
  const xml = descriptorXml([{}, { parent: 0 }], { blockSize: '64', size: '4096' });
  const healthy = imageBytes({}, [1, 2]);
  await writeFile(join(directory, 'd0'), imageBytes({}, [], 2).fill(0x77, 32_768));
  await writeFile(join(directory, 'd1'), healthy);
  const codes = async (text: string): Promise<readonly string[]> => {
    await writeFile(join(directory, 'DiskDescriptor.xml'), text);
    const { diagnostics } = await checkDisk(directory, { deep: true });
    return diagnostics.map(({ code }) => code);
  };
  expect(await codes(xml)).toContain('BAT_LOST');
  const marked = xml.replace('</ParentGUID>', '</ParentGUID><TemporaryZero/>');
  expect(await codes(marked)).not.toContain('BAT_LOST');
  expect(await codes(marked)).toContain('REVERSE_MERGE_INTERRUPTED');
});
