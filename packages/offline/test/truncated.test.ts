import { mkdtemp, readFile, rm, stat, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { type Diagnostic, formatDiagnostic, DescriptorError } from '@ploop/descriptor';
import { descriptorXml, imageBytes, sample, temporaryDirectory, testGuid } from '@ploop/test-kit';
import fc from 'fast-check';
import { expect, test } from 'vitest';

import { checkDisk } from '../src/check/check-disk.ts';
import { exportSnapshot } from '../src/export/export-snapshot.ts';
import { openSnapshot } from '../src/snapshot/open-snapshot.ts';

const CLUSTER = 32_768;
const CLUSTERS = 6;
const DISK = CLUSTERS * CLUSTER;

/** A disk by its files, base first: a bare disk, or the entries of an image. */
type Files = readonly ('bare' | readonly number[])[];

const SHAPES: Readonly<Record<string, Files>> = {
  'a bare disk': ['bare'],
  'an image over a bare disk': ['bare', [0, 1, 0, 2]],
  'an empty image over a bare disk': ['bare', []],
  'an image': [[1, 2, 0, 3]],
  'an image whose last cluster of the file is the first of the disk': [[3, 1, 2]],
  'an empty image': [[]],
  'two images': [
    [1, 2, 3],
    [0, 1],
  ],
  'three images': [[1, 0, 0, 0, 0, 2], [0, 1], []],
};

async function makeDisk(shape: Files, version: 1 | 2): Promise<string> {
  const directory = await mkdtemp(join(await temporaryDirectory(), 'disk'));
  const nodes = shape.map((_, index) => (index === 0 ? {} : { parent: index - 1 }));
  const xml = descriptorXml(nodes, { blockSize: '64', size: String(DISK / 512) });
  const text = shape[0] === 'bare' ? xml.replace('Compressed', 'Plain') : xml;
  await writeFile(join(directory, 'DiskDescriptor.xml'), text);
  for (const [index, one] of shape.entries()) {
    const unit = version === 1 ? 64 : 1;
    const flags = one.length === 0 ? 1 : 0;
    const bytes =
      one === 'bare'
        ? Buffer.alloc(DISK, 'bare')
        : imageBytes(
            { version, clusters: CLUSTERS, flags },
            one.map((entry) => entry * unit),
            Math.max(0, ...one),
          );
    await writeFile(join(directory, `d${String(index)}`), bytes);
  }
  return directory;
}

/** What an export gives, and what is said about it; no content if it fails. */
async function exported(
  directory: string,
  guid?: string,
): Promise<{ readonly content?: Buffer; readonly findings: readonly Diagnostic[] }> {
  const target = join(directory, 'target');
  try {
    const snapshot = await openSnapshot(directory, guid);
    try {
      await exportSnapshot(snapshot, target, { overwrite: true, threads: false, sync: false });
      return { content: await readFile(target), findings: snapshot.diagnostics };
    } finally {
      await snapshot.close();
      await rm(target, { force: true });
      await rm(`${target}.part`, { force: true });
      await rm(`${target}.part.json`, { force: true });
    }
  } catch (error) {
    if (!(error instanceof DescriptorError)) throw error;
    return { findings: error.diagnostics };
  }
}

const isGrave = ({ severity }: Diagnostic): boolean => severity !== 'info';

const cuts = fc.record({
  shape: fc.constantFrom(...Object.keys(SHAPES)),
  version: fc.constantFrom<1 | 2>(1, 2),
  file: fc.nat(2),
  /** Where, and how far from there. */
  at: fc.oneof(
    fc.constantFrom(0, 16, 64, 512, 4096, CLUSTER),
    fc.nat(CLUSTERS).map((cluster) => cluster * CLUSTER),
    fc.nat(DISK + CLUSTER),
  ),
  off: fc.constantFrom(-513, -512, -1, 0, 0, 1, 511, 512),
});

test('a file that was cut is reported, or nothing of the disk is lost', async () => {
  const counts = { refused: 0, reported: 0, same: 0 };
  await fc.assert(
    fc.asyncProperty(cuts, async ({ shape, version, file, at, off }) => {
      const files = SHAPES[shape] ?? [];
      const directory = await makeDisk(files, version);
      const whole = await exported(directory);
      expect(whole.findings).toEqual([]);
      const path = join(directory, `d${String(file % files.length)}`);
      const { size } = await stat(path);
      const length = Math.max(0, at + off);
      if (length >= size) return;
      await truncate(path, length);
      const { content, findings } = await exported(directory);
      const isSaid = findings.some(isGrave);
      if (content === undefined) counts.refused += 1;
      else if (isSaid) counts.reported += 1;
      else counts.same += 1;
      if (content === undefined) expect(isSaid).toBe(true);
      else {
        // What is there is never lost, to the last byte, and nothing else is put in its place.
        const [found, expected] = [zeroFilled(content, whole.content), whole.content];
        expect(expected?.subarray(0, found.length).equals(found)).toBe(true);
        if (!isSaid) expect(expected?.equals(content)).toBe(true);
      }
      const { diagnostics } = await checkDisk(directory, { deep: true });
      expect(diagnostics.filter(isGrave)).not.toEqual([]);
      await rm(directory, { recursive: true });
    }),
    sample('cut files', 60),
  );
  console.info('cut files:', JSON.stringify(counts));
});

/** A content in which zeros count as what should be there. */
function zeroFilled(content: Buffer, whole: Buffer = Buffer.alloc(0)): Buffer {
  const filled = Buffer.from(content);
  for (let at = 0; at < filled.length; at += 1) if (filled[at] === 0) filled[at] = whole[at] ?? 0;
  return filled;
}

const codes = (findings: readonly Diagnostic[]): readonly string[] =>
  findings.map(({ code }) => code);

test.each<[string, string, number, number, readonly string[], number]>([
  [
    'a bare disk within a sector',
    'a bare disk',
    0,
    DISK - 100,
    ['FILE_END_ODD', 'IMAGE_TRUNCATED'],
    DISK,
  ],
  ['a bare disk at a sector', 'a bare disk', 0, DISK - 512, ['IMAGE_TRUNCATED'], DISK - 512],
  ['a bare disk to nothing', 'a bare disk', 0, 0, ['IMAGE_TRUNCATED'], 0],
  [
    'a bare base within a sector',
    'an image over a bare disk',
    0,
    DISK - 100,
    ['FILE_END_ODD', 'BASE_SHORTER'],
    DISK,
  ],
  ['a bare base at a cluster', 'an image over a bare disk', 0, CLUSTER, ['BASE_SHORTER'], DISK],
  ['a bare base to nothing', 'an image over a bare disk', 0, 0, ['BASE_SHORTER'], DISK],
])('cut %s: %s', async (_what, shape, file, length, expected, size) => {
  const directory = await makeDisk(SHAPES[shape] ?? [], 2);
  await truncate(join(directory, `d${String(file)}`), length);
  const { content, findings } = await exported(directory);
  expect(codes(findings)).toEqual(expected);
  expect(content?.length).toBe(size);
  const bare = Buffer.alloc(length, 'bare');
  if (shape === 'a bare disk') expect(content?.subarray(0, length).equals(bare)).toBe(true);
  const { diagnostics } = await checkDisk(directory);
  expect(codes(diagnostics).filter((code) => code !== 'BASE_PLAIN')).toEqual(expected);
  expect(diagnostics.map(formatDiagnostic).join()).not.toMatch(/image decides/);
});

test.each<[string, number, Uint8Array, readonly string[]]>([
  ['nothing', 1, new Uint8Array(0), ['HEADER_TOO_SHORT']],
  [
    'a part of a header',
    1,
    imageBytes({ clusters: CLUSTERS }).subarray(0, 40),
    ['HEADER_TOO_SHORT'],
  ],
  ['zeros', 1, new Uint8Array(2 * CLUSTER), ['HEADER_ZEROED']],
  ['other bytes', 1, Buffer.alloc(DISK, 'x'), ['HEADER_INVALID']],
  ['nothing at the base', 0, new Uint8Array(0), ['HEADER_TOO_SHORT']],
  ['zeros at the base', 0, new Uint8Array(DISK), ['HEADER_ZEROED']],
])(
  '%s in the place of an image: said once, and the snapshot below it is whole',
  async (_what, level, bytes, expected) => {
    const directory = await makeDisk(SHAPES['two images'] ?? [], 2);
    await writeFile(join(directory, `d${String(level)}`), bytes);
    expect(codes((await exported(directory)).findings)).toEqual(expected);
    expect(codes((await checkDisk(directory, { deep: true })).diagnostics)).toEqual(expected);
    if (level === 1) expect((await exported(directory, testGuid(0))).findings).toEqual([]);
  },
);

test('an older snapshot of a bare disk that grew is whole, and the difference is said', async () => {
  const directory = await makeDisk(['bare', []], 2);
  await truncate(join(directory, 'd0'), DISK - CLUSTER);
  const { content, findings } = await exported(directory, testGuid(0));
  expect(codes(findings)).toEqual(['BASE_SHORTER']);
  expect(content?.length).toBe(DISK - CLUSTER);
});

test('a file that is as long as the disk and no image looks like a bare disk', async () => {
  const directory = await makeDisk([[]], 2);
  await writeFile(join(directory, 'd0'), Buffer.alloc(DISK, 'x'));
  const { diagnostics } = await checkDisk(directory);
  expect(diagnostics.map(formatDiagnostic).join()).toContain('exactly as long as a bare disk');
});
