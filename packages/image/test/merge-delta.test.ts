import { mkdtemp, readFile, rm, truncate } from 'node:fs/promises';
import { join } from 'node:path';

import { sectors } from '@ploop/descriptor';
import { memorySource } from '@ploop/descriptor/internal';
import { hasTool, sample, temporaryDirectory } from '@ploop/test-kit';
import { filesOf } from '@ploop/test-kit/disks/disk-script';
import { memoryTarget } from '@ploop/test-kit/disks/memory-target';
import { ploop } from '@ploop/test-kit/disks/tool';
import { hasCompiler, largeDiskSupport } from '@ploop/test-kit/preloads';
import { hasQemu, qemuIo, qemuName } from '@ploop/test-kit/qemu';
import fc from 'fast-check';
import { expect, test } from 'vitest';

import { describeImage } from '../src/formats/describe.ts';
import { createDelta, createImage, type NewImage } from '../src/write/create-image.ts';
import { mergeDelta } from '../src/write/merge-delta.ts';

/** Of the header. */
const FLAGS_AT = 52;

const canRun = hasTool && hasCompiler && hasQemu;

function bytesOf({ header, fileBytes }: NewImage): Buffer {
  const bytes = Buffer.alloc(fileBytes);
  bytes.set(header);
  return bytes;
}

const newDisk = fc.record({
  version: fc.constantFrom<1 | 2>(1, 2),
  blockSize: fc.integer({ min: 6, max: 17 }).map((power) => 2 ** power),
  size: fc.oneof(
    fc.integer({ min: 1, max: 100_000 }),
    fc.integer({ min: 1_000_000, max: 17_000_000 }),
    fc.integer({ min: 1, max: 2 ** 32 - 1 }),
  ),
});

test.runIf(canRun)('empty images are those that the tool makes, byte for byte', async () => {
  const root = await temporaryDirectory();
  const preload = largeDiskSupport(root);
  await fc.assert(
    fc.asyncProperty(newDisk, async ({ version, blockSize, size: wanted }) => {
      // The file has a block allocation table in full.
      const size = Math.min(wanted, blockSize * 2 ** 22);
      const directory = await mkdtemp(join(root, 'disk'));
      const init = ['-v', String(version), '-b', String(blockSize), '-s', String(size)];
      await ploop(preload, 'init', ...init, '-t', 'none', join(directory, 'root.hdd'));
      await ploop(preload, 'snapshot', join(directory, 'DiskDescriptor.xml'));
      const [base = '', delta = ''] = await filesOf(directory);
      const image = createImage({ version, size: sectors(size), blockSize: sectors(blockSize) });
      const made = await readFile(base);
      expect(made.equals(bytesOf(image))).toBe(true);
      const { description } = await describeImage(memorySource(base, made));
      expect((await readFile(delta)).equals(bytesOf(createDelta(description, base)))).toBe(true);
      await rm(directory, { recursive: true });
    }),
    sample('new images', 3),
  );
});

const pair = fc
  .record({
    version: fc.constantFrom<1 | 2>(1, 2),
    format: fc.constantFrom('expanded', 'expanded', 'preallocated', 'raw'),
    blockSize: fc.constantFrom(64, 64, 128, 2048),
    clusters: fc.oneof(fc.integer({ min: 1, max: 40 }), fc.integer({ min: 7000, max: 25_000 })),
    grown: fc.oneof(fc.constant(0), fc.integer({ min: 1, max: 20_000 })),
    lower: fc.array(fc.tuple(fc.nat(9999), fc.integer({ min: 1, max: 300 })), { maxLength: 5 }),
    upper: fc.array(fc.tuple(fc.nat(9999), fc.integer({ min: 1, max: 300 })), { maxLength: 5 }),
    tail: fc.constantFrom(0, 0, 0, 700, 20_000),
  })
  .map(({ format, clusters, grown, ...rest }) =>
    format === 'expanded'
      ? { format, clusters, grown, ...rest }
      : { ...rest, format, clusters: Math.min(clusters, 40), grown: Math.min(grown, 60) },
  );

test.runIf(canRun)('a merge leaves what the tool leaves, byte for byte', async () => {
  const root = await temporaryDirectory();
  const preload = largeDiskSupport(root);
  const counts = { merges: 0, grown: 0, raw: 0 };
  await fc.assert(
    fc.asyncProperty(pair, async ({ version, format, blockSize, clusters, grown, ...work }) => {
      const directory = await mkdtemp(join(root, 'disk'));
      const path = join(directory, 'DiskDescriptor.xml');
      const base = join(directory, 'root.hdd');
      const kind = ['-f', format, ...(format === 'raw' ? [] : ['-v', String(version)])];
      const size = ['-b', String(blockSize), '-s', String(clusters * blockSize)];
      await ploop(preload, 'init', ...kind, ...size, '-t', 'none', base);
      const write = async (files: readonly string[], writes: typeof work.lower): Promise<void> => {
        const commands = writes.map(([at, length]) => {
          const start = Math.floor((clusters * blockSize * at) / 10_000);
          const count = Math.min(length, clusters * blockSize - start);
          return `write -P ${String(length % 256)} ${String(start * 512)} ${String(count * 512)}`;
        });
        if (commands.length > 0) await qemuIo(await qemuName(files), commands);
      };
      await write([base], work.lower);
      await ploop(preload, 'snapshot', path);
      const [, delta = ''] = await filesOf(directory);
      await write([base, delta], work.upper);
      if (grown > 0)
        await ploop(preload, 'grow', '-s', String((clusters + grown) * blockSize), delta);
      if (work.tail > 0 && format === 'expanded')
        await truncate(base, (await readFile(base)).length + work.tail);

      const [lower, upper] = [await readFile(base), await readFile(delta)];
      const target = memoryTarget(base, lower);
      await mergeDelta(target, memorySource(delta, upper), { rawBase: format === 'raw' });
      await ploop(preload, 'snapshot-merge', path);
      const [ours, theirs] = [Buffer.from(target.content()), await readFile(base)];
      // The tool writes what is in its memory there: 0 with small clusters, 1 with large ones.
      if (format !== 'raw') theirs.writeUInt32LE(ours.readUInt32LE(FLAGS_AT), FLAGS_AT);
      expect(ours.equals(theirs)).toBe(true);
      counts.merges += 1;
      counts.grown += Math.sign(grown);
      counts.raw += format === 'raw' ? 1 : 0;
      await rm(directory, { recursive: true });
    }),
    sample('merges', 3),
  );
  console.info('merges:', JSON.stringify(counts));
});
