import { mkdtemp, readFile, stat, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { buffer } from 'node:stream/consumers';

import { qemuChain } from '@ploop/image';
import { descriptorXml, sample, temporaryDirectory } from '@ploop/test-kit';
import { makeSplitDisk, splitScript } from '@ploop/test-kit/disks/split-disk';
import fc from 'fast-check';
import { expect, test } from 'vitest';

import { exportSnapshot, openSnapshot, type ExportResult } from '../src/index.ts';

const SECTOR = 512;

/** A range that is lost as its image ends before it. */
interface Cut {
  readonly file: string;
  readonly start: number;
  readonly end: number;
  readonly offset: number;
}

/** Exports to a file and a stream; both have the bytes, and list what is lost. */
async function expectSalvaged(
  directory: string,
  bytes: Buffer,
  cuts: readonly Cut[],
  code: string,
): Promise<void> {
  const snapshot = await openSnapshot(directory);
  const target = join(directory, 'out.raw');
  const expected = cuts.reduce((all, { start, end }) => all.fill(0, start, end), bytes);
  try {
    const results: ExportResult[] = [];
    const options = { salvage: true, sync: false };
    results.push(await exportSnapshot(snapshot, target, { ...options, verify: true, hash: true }));
    expect(expected.equals(await readFile(target))).toBe(true);
    const stream = new PassThrough();
    const [streamed, result] = await Promise.all([
      buffer(stream),
      exportSnapshot(snapshot, stream, options).finally(() => stream.end()),
    ]);
    results.push(result);
    expect(expected.equals(streamed)).toBe(true);
    for (const { size, lost, lostBytes, diagnostics } of results) {
      expect(size).toBe(expected.length);
      expect(lost).toEqual(cuts.map((cut) => ({ ...cut, code })));
      expect(lostBytes).toBe(cuts.reduce((sum, { start, end }) => sum + end - start, 0));
      expect(diagnostics?.map((finding) => finding.code)).toEqual(
        cuts.length > 0 ? ['EXPORT_LOST'] : [],
      );
    }
  } finally {
    await snapshot.close();
  }
}

const cutting = fc.record({ part: fc.nat(), left: fc.double({ min: 0, max: 1, noNaN: true }) });

test('the missing ends of the bare parts of a split disk become zeros, and are listed', async () => {
  const root = await temporaryDirectory();
  await fc.assert(
    fc.asyncProperty(
      splitScript,
      fc.array(cutting, { minLength: 1, maxLength: 3 }),
      async (given, cuts) => {
        const parts = given.parts.map((part) => ({
          ...part,
          plain: true,
          allocated: part.allocated.slice(0, 1),
        }));
        const script = { parents: [-1], parts };
        const directory = await mkdtemp(join(root, 'disk '));
        const { shots, sizes } = await makeSplitDisk(script, directory);
        const [shot] = shots;
        const left = new Map(
          cuts.map((cut) => {
            const part = cut.part % parts.length;
            return [part, Math.floor(cut.left * (sizes[part] ?? 0))];
          }),
        );
        const code = parts.length > 1 ? 'STORAGE_IMAGE_SIZE' : 'IMAGE_TRUNCATED';
        const lost: Cut[] = [];
        let start = 0;
        for (const [part, size] of sizes.entries()) {
          const [file] = shot?.files[part] ?? [];
          const offset = left.get(part) ?? size;
          if (file !== undefined && offset < size) {
            await truncate(file, offset);
            lost.push({ file, start: start + offset, end: start + size, offset });
          }
          start += size;
        }
        if (shot === undefined) throw new Error('no shot');
        await expectSalvaged(directory, shot.bytes, lost, code);
      },
    ),
    sample('cut parts', 6),
  );
});

test.each([0, 1, SECTOR, 32_768 + 100, 65_536 - SECTOR, 65_535])(
  'the missing end of a bare disk of 65536 bytes cut to %i becomes zeros, and is listed',
  async (offset) => {
    const directory = await temporaryDirectory();
    const xml = descriptorXml([{}], { blockSize: '64', size: '128' });
    await writeFile(join(directory, 'DiskDescriptor.xml'), xml.replace('Compressed', 'Plain'));
    const file = join(directory, 'd0');
    const bytes = Buffer.alloc(65_536, 7);
    await writeFile(file, bytes.subarray(0, offset));
    const cut = { file, start: offset, end: bytes.length, offset };
    await expectSalvaged(directory, bytes, [cut], 'IMAGE_TRUNCATED');
    const target = join(directory, 'without.raw');
    const snapshot = await openSnapshot(directory);
    await exportSnapshot(snapshot, target, { sync: false });
    await snapshot.close();
    expect((await stat(target)).size).toBe(Math.ceil(offset / SECTOR) * SECTOR);
  },
);

test('without salvage, the missing end of a part in front of another stops what reads it', async () => {
  const part = {
    ...{ version: 2 as const, blockSize: 64, clusters: 2, plain: true, tail: 0 },
    allocated: [[0, 1]],
  };
  const { directory, shots } = await makeSplitDisk(
    { parents: [-1], parts: [part, part] },
    await temporaryDirectory(),
  );
  const at = 50 * SECTOR + 100;
  await truncate(shots[0]?.files[0]?.[0] ?? '', at);
  const snapshot = await openSnapshot(directory);
  const code = 'STORAGE_IMAGE_SIZE';
  expect(await snapshot.read(0, at)).toEqual(new Uint8Array(shots[0]?.bytes.subarray(0, at) ?? []));
  await expect(snapshot.read(at - 1, 2)).rejects.toMatchObject({ code });
  await expect(snapshot.hash()).rejects.toMatchObject({ code });
  expect(() => qemuChain(snapshot)).toThrow(expect.objectContaining({ code }) as Error);
  const target = join(directory, 'out.raw');
  const size = 256 * SECTOR;
  await expect(exportSnapshot(snapshot, target)).rejects.toMatchObject({
    code,
    diagnostics: [{ code }, { code: 'EXPORT_BLOCKED', data: { done: at, size } }],
  });
  const { resumedAt } = await exportSnapshot(snapshot, target, { salvage: true });
  expect(resumedAt).toBe(at);
  const expected = shots[0]?.bytes.fill(0, at, 128 * SECTOR);
  expect(expected?.equals(await readFile(target))).toBe(true);
  await snapshot.close();
});
