import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { identify } from '@ploop/contents';
import { formatDiagnostic, bytes } from '@ploop/descriptor';
import { descriptorXml, imageBytes, sample, temporaryDirectory } from '@ploop/test-kit';
import { SUPERBLOCKS, type SuperblockKind } from '@ploop/test-kit/disks/superblocks';
import fc from 'fast-check';
import { expect, test } from 'vitest';

import { checkDisk } from '../src/check/check-disk.ts';
import { identifySnapshot } from '../src/disk/identify-snapshot.ts';

const SECTOR = 512;
const PAGE = 4096;
const FAT16_PAGES = 520;

interface Script {
  readonly version: 1 | 2;
  readonly blockSize: number;
  /** Sectors in front of each partition; none for a whole disk. */
  readonly gaps: readonly number[];
  readonly places: readonly {
    readonly kind: SuperblockKind;
    readonly pages: number;
    /** Pages that the superblock states beside those that there are. */
    readonly excess: number;
    readonly label: string;
    readonly id: Uint8Array;
  }[];
  /** Rotates the clusters in the file. */
  readonly turn: number;
}

const place = fc.record({
  kind: fc.constantFrom(...SUPERBLOCKS),
  pages: fc.integer({ min: 40, max: 60 }),
  excess: fc.oneof(fc.constant(0), fc.integer({ min: -9, max: 9 })),
  label: fc.stringMatching(/^[A-Z]{1,11}$/),
  id: fc.uint8Array({ minLength: 16, maxLength: 16 }).map((id) => id.map((byte) => byte | 1)),
});

const script: fc.Arbitrary<Script> = fc
  .record({
    version: fc.constantFrom<1 | 2>(1, 2),
    blockSize: fc.constantFrom(64, 128, 2048),
    gaps: fc.array(fc.integer({ min: 1, max: 200 }), { maxLength: 4 }),
    places: fc.array(place, { minLength: 4, maxLength: 4 }),
    turn: fc.nat(50),
  })
  .map((all) => ({ ...all, places: all.places.slice(0, Math.max(1, all.gaps.length)) }));

interface Made {
  readonly disk: Buffer;
  readonly starts: readonly number[];
}

/** The content of the disk: one kind on all of it, or one in each partition of an MBR. */
function contentOf({ gaps, places }: Script): Made {
  const starts: number[] = [];
  let end = 0;
  for (const [index, { pages }] of places.entries()) {
    end += (gaps[index] ?? 0) * SECTOR;
    starts.push(end);
    end += pages * PAGE;
  }
  const disk = Buffer.alloc(end);
  for (const [index, { kind, pages, excess, label, id }] of places.entries()) {
    const start = starts[index] ?? 0;
    kind.write(disk.subarray(start, start + pages * PAGE), { label, id, pages: pages + excess });
    if (gaps.length === 0) continue;
    disk.writeUInt8(0x83, 446 + index * 16 + 4);
    disk.writeUInt32LE(start / SECTOR, 446 + index * 16 + 8);
    disk.writeUInt32LE((pages * PAGE) / SECTOR, 446 + index * 16 + 12);
    disk.writeUInt16LE(0xaa55, 510);
  }
  return { disk, starts };
}

/** Writes the disk as an image whose clusters are in another order than those of the disk. */
async function writeDisk(
  directory: string,
  disk: Buffer,
  { version, blockSize, turn }: Script,
): Promise<void> {
  const cluster = blockSize * SECTOR;
  const clusters = Math.ceil(disk.length / cluster);
  const order = Array.from({ length: clusters }, (_, index) => 1 + ((index + turn) % clusters));
  const unit = version === 1 ? blockSize : 1;
  const image = imageBytes(
    { version, blockSize, clusters },
    order.map((entry) => entry * unit),
  );
  for (const [index, entry] of order.entries()) {
    image.fill(0, entry * cluster, (entry + 1) * cluster);
    image.set(disk.subarray(index * cluster, (index + 1) * cluster), entry * cluster);
  }
  const size = String(clusters * blockSize);
  const xml = descriptorXml([{}], { blockSize: String(blockSize), size });
  await writeFile(join(directory, 'DiskDescriptor.xml'), xml);
  await writeFile(join(directory, 'd0'), image);
}

test('content is named by its signature, and one that is cut off is an error', async () => {
  const directory = await temporaryDirectory();
  const counts = { whole: 0, partitions: 0, cut: 0 };
  await fc.assert(
    fc.asyncProperty(script, async (one) => {
      const { disk, starts } = contentOf(one);
      await writeDisk(directory, disk, one);
      const isWhole = one.gaps.length === 0;
      counts[isWhole ? 'whole' : 'partitions'] += 1;
      const cluster = one.blockSize * SECTOR;
      const all = Math.ceil(disk.length / cluster) * cluster;

      const { contents = [] } = await identifySnapshot(directory);
      const { diagnostics } = await checkDisk(directory, { deep: true });
      const sentences = diagnostics.map(formatDiagnostic);
      expect(contents.map(({ type, start }) => [type, start])).toEqual(
        one.places.map(({ kind }, index) => [kind.type, starts[index]]),
      );
      for (const [index, { kind, pages, excess, label }] of one.places.entries()) {
        const found = contents[index];
        const stated = (pages + excess + (kind.type === 'fat16' ? FAT16_PAGES : 0)) * PAGE;
        expect(found?.partition).toBe(isWhole ? undefined : index + 1);
        expect(found?.label).toBe(kind.states.label === true ? label : undefined);
        expect(found?.size).toBe(kind.states.size === true ? stated : undefined);
        const where = isWhole ? 'the disk' : `partition ${String(index + 1)}`;
        expect(sentences.join('\n')).toContain(
          `CONTENT_FOUND ${where} holds ${kind.name} from byte ${String(starts[index])} on`,
        );
        const there = isWhole ? all : pages * PAGE;
        const isCut = kind.states.size === true && stated > there;
        if (isCut) counts.cut += 1;
        expect(
          diagnostics.filter(
            ({ code, data }) =>
              code === 'FILE_SYSTEM_TRUNCATED' && 'start' in data && data.start === starts[index],
          ),
        ).toMatchObject(
          isCut
            ? [{ severity: 'error', data: { type: kind.type, size: stated, length: there } }]
            : [],
        );
      }
      const others = diagnostics.filter(
        ({ code }) => !['CONTENT_FOUND', 'FILE_SYSTEM_TRUNCATED'].includes(code),
      );
      expect(others).toEqual([]);
    }),
    sample('contents', 25),
  );
  console.info('contents:', JSON.stringify(counts));
});

test('a dynamic disk of Windows is named beside its partitions', async () => {
  const disk = Buffer.alloc(40 * PAGE);
  disk.write('PRIVHEAD', 3072, 'latin1');
  disk.writeUInt16BE(2, 3072 + 12);
  disk.write('1b6de4c0-0e5f-11dd-b6a0-000c29c8b9a1', 3072 + 48, 'latin1');
  disk.write('PC-Dg0', 3072 + 240, 'latin1');
  const found = async (): Promise<unknown> =>
    (
      await identify(
        (target, position) => Promise.resolve(disk.copy(target, 0, position)),
        bytes(disk.length),
      )
    ).contents;
  const ldm = { type: 'ldm', label: 'PC-Dg0', uuid: '1b6de4c0-0e5f-11dd-b6a0-000c29c8b9a1' };
  expect(await found()).toMatchObject([{ ...ldm, partition: undefined, start: 0 }]);
  disk.writeUInt8(0x42, 446 + 4);
  disk.writeUInt32LE(63, 446 + 8);
  disk.writeUInt32LE(100, 446 + 12);
  disk.writeUInt16LE(0xaa55, 510);
  expect(await found()).toMatchObject([{ ...ldm, partition: undefined, start: 0 }]);
});

test('no bytes of a superblock make it fail', async () => {
  const MOST = 40_000;
  await fc.assert(
    fc.asyncProperty(
      place,
      fc.array(fc.tuple(fc.nat(700), fc.nat(255)), { maxLength: 40 }),
      fc.constantFrom(0, 512, 2000, 4200, 33_000, 66_000, 200_000),
      async ({ kind, label, id, pages }, lies, size) => {
        const disk = Buffer.alloc(200_000);
        kind.write(disk, { label, id, pages });
        for (const [at, byte] of lies)
          for (const from of [0, 1024, 4096, 32_768, 65_536])
            if (at % 5 === from % 5) disk[from + at] = byte;
        let read = 0;
        const content = await identify((target, position) => {
          read += target.length;
          const part = disk.subarray(position, Math.min(size, position + target.length));
          target.set(part);
          return Promise.resolve(Math.max(0, part.length));
        }, bytes(size));
        expect(read).toBeLessThan(2 * MOST);
        for (const { size: stated } of content.contents ?? [])
          expect(stated === undefined || (Number.isSafeInteger(stated) && stated > 0)).toBe(true);
        content.diagnostics.forEach(formatDiagnostic);
      },
    ),
    sample('damaged superblocks', 300),
  );
});
