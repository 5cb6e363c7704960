import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { descriptorXml, imageBytes, temporaryDirectory, testGuid } from '@ploop/test-kit';
import { expect, test } from 'vitest';

import { checkDisk } from '../check/check-disk.ts';
import { openSnapshot } from '../snapshot/open-snapshot.ts';
import { diskSpace } from '../space/disk-space.ts';

const CLUSTER = 32_768;
const CLUSTERS = 3;

/** What a guest can write to the beginning of its disk. */
function bareDisk(start: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(CLUSTERS * CLUSTER).fill(7);
  bytes.set(start.subarray(0, bytes.length));
  return bytes;
}

const planted: readonly (readonly [name: string, start: Uint8Array, codes: readonly string[]])[] = [
  ['nothing special', Buffer.alloc(4096, 'guest'), []],
  ['a sound image', imageBytes({ clusters: CLUSTERS }, [1, 0, 2]), ['BASE_NOT_RAW']],
  ['an image of version 1', imageBytes({ version: 1, clusters: 64 }, [64]), ['BASE_NOT_RAW']],
  ['an image of 8 PiB', imageBytes({ size: 2n ** 44n, blockSize: 8192 }), ['BASE_NOT_RAW']],
  ['an image with other clusters', imageBytes({ blockSize: 128 }), ['BASE_NOT_RAW']],
  [
    'an image in use, damaged, with an extension beyond the end',
    imageBytes({ mark: 0x746f6e59, type: 9, firstBlock: 1, extension: 2n ** 63n }, [9]),
    ['BASE_NOT_RAW'],
  ],
  ['the signature of an image alone', Buffer.from('WithoutFreeSpace'), ['BASE_NOT_RAW']],
  [
    'a qcow2 image',
    Buffer.concat([Buffer.from('QFI\u00fb\0\0\0\u0003', 'latin1')]),
    ['BASE_NOT_RAW'],
  ],
];

/** A disk with a bare base and a delta, which its descriptor calls `Plain` as well. */
async function rawDisk(base: Uint8Array): Promise<string> {
  const directory = await temporaryDirectory();
  const size = String((CLUSTERS * CLUSTER) / 512);
  const xml = descriptorXml([{}, { parent: 0 }], { blockSize: '64', size });
  await writeFile(join(directory, 'DiskDescriptor.xml'), xml.replaceAll('Compressed', 'Plain'));
  await writeFile(join(directory, 'd0'), base);
  await writeFile(join(directory, 'd1'), imageBytes({ clusters: CLUSTERS }, [0, 0, 1], 1));
  return directory;
}

test.each(planted)('a bare disk that begins with %s is a bare disk', async (_, start, codes) => {
  const bytes = bareDisk(start);
  const directory = await rawDisk(bytes);
  const of = (findings: readonly { readonly code: string }[]): readonly string[] =>
    findings.map(({ code }) => code);

  const snapshot = await openSnapshot(directory, testGuid(0));
  expect(snapshot.size).toBe(bytes.length);
  expect(Buffer.compare(await snapshot.read(0, bytes.length), bytes)).toBe(0);
  expect(of(snapshot.diagnostics)).toEqual(codes);
  await snapshot.close();

  for (const deep of [false, true]) {
    const { images, diagnostics } = await checkDisk(directory, { deep });
    expect(images.map(({ description }) => description.format)).toEqual(['raw', 'ploop']);
    expect(images[0]?.description.size).toBe(bytes.length / 512);
    expect(of(diagnostics)).toEqual(codes);
  }

  const { images, diagnostics } = await diskSpace(directory);
  expect(of(diagnostics)).toEqual(codes);
  expect(images).toMatchObject([
    { allocated: bytes.length, shadowed: CLUSTER, unique: CLUSTER, unused: 0 },
    { allocated: CLUSTER },
  ]);
  expect(Buffer.compare(await readFile(join(directory, 'd0')), bytes)).toBe(0);
});

test('a base without a header is not a bare disk where the descriptor does not say so', async () => {
  const directory = await rawDisk(bareDisk(Buffer.alloc(4096)));
  const path = join(directory, 'DiskDescriptor.xml');
  const text = await readFile(path, 'utf8');
  await writeFile(path, text.replaceAll('Plain', 'Compressed'));
  await expect(openSnapshot(directory)).rejects.toMatchObject({ code: 'HEADER_ZEROED' });
  const { diagnostics } = await checkDisk(directory);
  expect(diagnostics.map(({ code }) => code)).toEqual(['HEADER_ZEROED']);
  const { images } = await diskSpace(directory);
  expect(images[0]).toMatchObject({ unknown: 'IMAGE_UNREADABLE' });
  expect(images[0]).not.toHaveProperty('allocated');
  expect(images[0]).not.toHaveProperty('unique');
});

test('a delta of a raw disk that has no header is damaged', async () => {
  const directory = await rawDisk(bareDisk(new Uint8Array(0)));
  await writeFile(join(directory, 'd1'), bareDisk(new Uint8Array(0)));
  await expect(openSnapshot(directory)).rejects.toMatchObject({ code: 'HEADER_INVALID' });
  const { diagnostics } = await checkDisk(directory, { deep: true });
  expect(diagnostics.map(({ code }) => code)).toEqual(['HEADER_INVALID']);
});
