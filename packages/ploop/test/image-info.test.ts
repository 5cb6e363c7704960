import { mkdir, mkdtemp, symlink, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import {
  descriptorXml,
  hasTool,
  imageBytes,
  temporaryDirectory,
  testGuid,
  type HeaderFields,
} from '@ploop/test-kit';
import { hasQemu, qemuImg } from '@ploop/test-kit/qemu';
import { describe, expect, test } from 'vitest';

import {
  openDisk,
  openDiskSync,
  readImageInfo,
  readImageInfoSync,
  type ImageInfo,
} from '../src/index.ts';
import { toolIn } from './tool.ts';

const SECTOR = 512;
const CLUSTER = 64;
const MARKS = { Ynot: 0x746f6e59, 'v2.1': 0x312e3276, pd17: 0x37316470, other: 1 };
const SIZES = [
  ...[0n, 1n, 63n, 65n, 4097n, 2n ** 32n - 1n, 2n ** 32n, 2n ** 32n + 64n, 2n ** 40n, 2n ** 50n],
  ...[2n ** 53n - 1n, 2n ** 53n, 2n ** 53n + 1n, 2n ** 60n, 2n ** 64n - 1n],
];
const LENGTHS = [0, 10, 63, 64, 512, 4095, 4096, 8192, 32_767];
/** By the place of a word in the header. */
const WORDS: Readonly<Record<number, readonly number[]>> = {
  16: [0, 3],
  20: [0],
  28: [0, 1, 32, 65, 2 ** 18, 2 ** 31],
  32: [0, 2 ** 31],
  48: [0, 1, 65, 128],
  52: [1, 2, 255],
};

type Content = Uint8Array | ((path: string) => Promise<unknown>);

interface Case {
  readonly name: string;
  readonly xml: string;
  readonly files: Readonly<Record<string, Content>>;
  /** What makes 1.15 refuse what later releases tell, and us. */
  readonly isMarked?: boolean;
}

function xmlOf(fields: { readonly size?: string; readonly blockSize?: string } = {}): string {
  return descriptorXml([{}], { size: '4096', blockSize: '64', ...fields });
}
const raw = (xml: string): string => xml.replaceAll('Compressed', 'Plain');
const chainOf = (nodes: Parameters<typeof descriptorXml>[0], top?: number): string =>
  descriptorXml(nodes, { size: '4096', blockSize: '64', ...(top !== undefined && { top }) });
const sized =
  (length: number): Content =>
  async (path) => {
    await writeFile(path, '');
    await truncate(path, length);
  };

function patched(fields: HeaderFields, at: number, value: number): Uint8Array {
  const bytes = imageBytes(fields);
  new DataView(bytes.buffer).setUint32(at, value, true);
  return bytes;
}

const images = ([1, 2] as const).flatMap((version): readonly Case[] =>
  [
    ...[64, 128, 2048, 131_072].map((blockSize) => ({
      name: `clusters of ${String(blockSize)} sectors`,
      xml: xmlOf({ blockSize: String(blockSize), size: String(64 * blockSize) }),
      files: { d0: imageBytes({ version, blockSize }) },
    })),
    ...Object.entries(MARKS).map(([mark, value]) => ({
      name: `the mark ${mark}`,
      xml: xmlOf(),
      files: { d0: imageBytes({ version, mark: value }) },
      isMarked: true,
    })),
    ...Object.entries(WORDS).flatMap(([at, values]) =>
      values.map((value) => ({
        name: `${String(value)} at byte ${at}`,
        xml: xmlOf(),
        files: { d0: patched({ version }, Number(at), value) },
      })),
    ),
    ...SIZES.map((size) => ({
      name: `${String(size)} sectors`,
      xml: xmlOf(),
      files: { d0: imageBytes({ version, size }) },
    })),
    ...LENGTHS.map((length) => ({
      name: `the first ${String(length)} bytes`,
      xml: xmlOf(),
      files: { d0: imageBytes({ version }).subarray(0, length) },
    })),
  ].map((one) => ({ ...one, name: `version ${String(version)}, ${one.name}` })),
);

const others: readonly Case[] = [
  { name: 'no image', xml: xmlOf(), files: {} },
  { name: 'a directory', xml: xmlOf(), files: { d0: (path) => mkdir(path) } },
  {
    name: 'a link to an image',
    xml: xmlOf(),
    files: { real: imageBytes(), d0: (path) => symlink('real', path) },
  },
  { name: 'a link to nothing', xml: xmlOf(), files: { d0: (path) => symlink('none', path) } },
  { name: 'zeros', xml: xmlOf(), files: { d0: new Uint8Array(8192) } },
  { name: 'qcow2', xml: xmlOf(), files: { d0: qcow2Bytes({}) } },
  {
    name: 'an unknown type',
    xml: xmlOf().replaceAll('Compressed', 'Odd'),
    files: { d0: imageBytes() },
  },
  { name: 'other clusters in XML', xml: xmlOf({ blockSize: '128' }), files: { d0: imageBytes() } },
  { name: 'another size in XML', xml: xmlOf({ size: '1' }), files: { d0: imageBytes() } },
  { name: 'no size in XML', xml: xmlOf({ size: '0' }), files: { d0: imageBytes() } },
  { name: 'no cluster size in XML', xml: xmlOf({ blockSize: '65' }), files: { d0: imageBytes() } },
  ...[0, 1, 511, 512, 513, 2 ** 21, 2 ** 21 + 100, 2 ** 40].map((length) => ({
    name: `a raw disk of ${String(length)} bytes`,
    xml: raw(xmlOf()),
    files: { d0: sized(length) },
  })),
  { name: 'a raw disk that begins as an image', xml: raw(xmlOf()), files: { d0: imageBytes() } },
  { name: 'no raw disk', xml: raw(xmlOf()), files: {} },
  { name: 'a raw disk that is none', xml: raw(xmlOf()), files: { d0: (path) => mkdir(path) } },
  {
    name: 'a snapshot of a raw disk',
    xml: raw(chainOf([{}, { parent: 0 }])),
    files: { d0: new Uint8Array(8192), d1: imageBytes() },
  },
  {
    name: 'a snapshot of a disk of which only the base is called raw',
    xml: chainOf([{}, { parent: 0 }]).replace('Compressed', 'Plain'),
    files: { d0: new Uint8Array(8192), d1: imageBytes() },
  },
  {
    name: 'a snapshot that is larger',
    xml: chainOf([{}, { parent: 0 }]),
    files: { d0: imageBytes(), d1: imageBytes({ clusters: 100 }) },
  },
  {
    name: 'a snapshot without its base',
    xml: chainOf([{}, { parent: 0 }]),
    files: { d1: imageBytes() },
  },
  {
    name: 'a snapshot without its top',
    xml: chainOf([{}, { parent: 0 }]),
    files: { d0: imageBytes() },
  },
  {
    name: 'branches',
    xml: chainOf([{}, { parent: 0 }, { parent: 0 }], 1),
    files: { d0: imageBytes(), d1: imageBytes({ clusters: 10 }), d2: imageBytes() },
  },
  {
    name: 'a top on which others hang',
    xml: chainOf([{}, { parent: 0 }, { parent: 1 }], 1),
    files: { d0: imageBytes(), d1: imageBytes({ clusters: 10 }), d2: imageBytes() },
  },
  {
    name: 'an unknown parent',
    xml: chainOf([{ parentGuid: testGuid(9) }]),
    files: { d0: imageBytes() },
  },
  {
    name: 'parents in a circle',
    xml: chainOf([{ parent: 1 }, { parent: 0 }]),
    files: { d0: imageBytes(), d1: imageBytes({ clusters: 10 }) },
  },
];

async function madeOf({ xml, files }: Case, parent: string): Promise<string> {
  const directory = await mkdtemp(join(parent, 'disk'));
  await writeFile(join(directory, 'DiskDescriptor.xml'), xml);
  for (const [name, content] of Object.entries(files)) {
    const path = join(directory, name);
    await (typeof content === 'function' ? content(path) : writeFile(path, content));
  }
  return directory;
}

/** What all forms tell, which must be one thing, in the words of the tool; an error by its code. */
async function told(path: string): Promise<string> {
  const forms = [
    async () => (await openDisk(path)).imageInfo(),
    () => Promise.resolve().then(() => openDiskSync(path).imageInfoSync()),
    () => readImageInfo(path),
    () => Promise.resolve().then(() => readImageInfoSync(path)),
  ];
  const answers = await Promise.all(forms.map((form) => form().then(wordsOf, codeOf)));
  expect(new Set(answers).size).toBe(1);
  return answers[0] ?? '';
}

function wordsOf({ size, clusterSize, version }: ImageInfo): string {
  const numbers = [size / SECTOR, clusterSize / SECTOR, version];
  return `size ${numbers.join(' ')}`;
}

function codeOf(error: unknown): string {
  expect(error).toMatchObject({ name: 'DescriptorError', code: expect.any(String) as string });
  return (error as { readonly code: string }).code;
}

describe.skipIf(!hasTool)('image info is that of the real tool', () => {
  const tool = toolIn({});
  test.each([
    ['in every format, sound and damaged', images],
    ['of every disk', others],
  ])('%s', async (_name, cases) => {
    const parent = await temporaryDirectory();
    for (const one of cases) {
      const directory = await madeOf(one, parent);
      const ours = await told(directory);
      const path = join(directory, 'DiskDescriptor.xml');
      const { status, stdout } = tool('-v-1', 'info', '-s', path);
      const numbers = [...stdout.matchAll(/^(?:size|blocksize|fmt_version):\t+(\d+)$/gm)];
      const theirs = `size ${numbers.map(([, number]) => number).join(' ')}`;
      // Later releases tell the parameters of images in use.
      if (one.isMarked === true) expect([status, ours.slice(0, 4)]).toEqual([4, 'size']);
      else if (ours === 'HEADER_SIZE_INEXACT')
        expect(BigInt(numbers[0]?.[1] ?? 0) >> 53n).not.toBe(0n);
      else if (status === 0) expect([one.name, ours]).toEqual([one.name, theirs]);
      else expect([one.name, ours.startsWith('size')]).toEqual([one.name, false]);
    }
  });
});

/** The header of a qcow2 image. */
function qcow2Bytes({ version = 3, clusterBits = 16, size = 2n ** 21n }): Uint8Array {
  const bytes = Buffer.alloc(4096);
  bytes.write('QFI\xfb', 'latin1');
  bytes.writeUInt32BE(version, 4);
  bytes.writeUInt32BE(clusterBits, 20);
  bytes.writeBigUInt64BE(size, 24);
  return bytes;
}

async function both(path: string): Promise<ImageInfo> {
  const info = await readImageInfo(path);
  expect(readImageInfoSync(path)).toEqual(info);
  return info;
}

test.skipIf(!hasQemu)('of qcow2 it is what release 9 gets from QEMU', async () => {
  const directory = await temporaryDirectory();
  for (const compat of ['0.10', '1.1'])
    for (const cluster of [512, 65_536, 2 ** 21])
      for (const size of [0, 512, 2 ** 30 + 512]) {
        const path = join(directory, 'root.hdd');
        const options = `compat=${compat},cluster_size=${String(cluster)}`;
        await qemuImg('create', '-q', '-f', 'qcow2', '-o', options, path, String(size));
        const said = JSON.parse(await qemuImg('info', '--output=json', path)) as unknown;
        const info = await both(path);
        expect(said).toMatchObject({
          'virtual-size': info.size,
          'cluster-size': info.clusterSize,
        });
        expect(info).toMatchObject({ version: 0, mark: undefined, differences: [] });
        expect(await both(directory)).toEqual(info);
      }
});

test('an image that is named itself tells its header', async () => {
  const directory = await temporaryDirectory();
  const path = join(directory, 'root.hdd');
  await writeFile(path, imageBytes({ mark: MARKS.Ynot }));
  const told = {
    size: 64 * CLUSTER * SECTOR,
    clusterSize: CLUSTER * SECTOR,
    version: 2,
    mark: { state: 'in-use' },
    differences: [],
  };
  expect(await both(path)).toMatchObject(told);
  const link = join(directory, 'link');
  await symlink('root.hdd', link);
  expect(await both(link)).toMatchObject(told);
});

test.each<[string, Content, string]>([
  ['a bare disk', new Uint8Array(8192), 'HEADER_INVALID'],
  ['nothing', new Uint8Array(0), 'HEADER_TOO_SHORT'],
  ['qcow2 of an unknown version', qcow2Bytes({ version: 9 }), 'HEADER_INVALID'],
  ['qcow2 of no cluster size', qcow2Bytes({ clusterBits: 40 }), 'HEADER_INVALID'],
  ['qcow2 of no size', qcow2Bytes({ size: 2n ** 64n - 1n }), 'HEADER_SIZE_INEXACT'],
  ['a directory', (path) => mkdir(path), 'FILE_UNREADABLE'],
  ['a link to nothing', (path) => symlink('none', path), 'FILE_UNREADABLE'],
  ['a device', (path) => symlink('/dev/zero', path), 'FILE_UNREADABLE'],
])('%s without descriptor is refused', async (_name, content, code) => {
  const directory = await temporaryDirectory();
  const path = join(directory, 'root.hdd');
  await (typeof content === 'function' ? content(path) : writeFile(path, content));
  await expect(readImageInfo(path)).rejects.toMatchObject({ code });
  expect(() => readImageInfoSync(path)).toThrow(expect.objectContaining({ code }));
});

test('a directory with neither is not a disk', async () => {
  const directory = await temporaryDirectory();
  await expect(readImageInfo(directory)).rejects.toMatchObject({ code: 'FILE_UNREADABLE' });
  await expect(readImageInfo(join(directory, 'none'))).rejects.toMatchObject({
    code: 'FILE_UNREADABLE',
  });
});
