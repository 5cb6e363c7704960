import { copyFile, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';

import { type Diagnostic, DescriptorError } from '@ploop/descriptor';
import { loadDescriptor, saveDescriptor } from '@ploop/descriptor/node';
import { sample, temporaryDirectory } from '@ploop/test-kit';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { checkDisk, loadDescriptorOrImage, openSnapshot } from '../../src/index.ts';
import { imageOf, makeDisk, shapes, type DiskShape } from './make-disk.ts';

/** What reading, checking and opening say of a path that is not a disk. */
async function refusals(path: string): Promise<readonly (readonly Diagnostic[])[]> {
  const attempts = [loadDescriptor, loadDescriptorOrImage, checkDisk, openSnapshot];
  return Promise.all(
    attempts.map(async (attempt) => {
      try {
        return (await attempt(path)).diagnostics;
      } catch (error) {
        if (error instanceof DescriptorError) return error.diagnostics;
        throw error;
      }
    }),
  );
}

async function expectAlone(path: string, file: string, shape: DiskShape): Promise<Diagnostic[]> {
  const { blockSize, clusters } = shape;
  const loaded = await loadDescriptorOrImage(path);
  expect(loaded).toMatchObject({ path: file, descriptor: { size: blockSize * clusters } });
  await expect(saveDescriptor(loaded, '<a/>', { force: true })).rejects.toMatchObject({
    code: 'FILE_UNWRITABLE',
  });
  expect(Buffer.compare(await readFile(file), imageOf(shape))).toBe(0);
  const { diagnostics, images } = await checkDisk(path, { deep: true });
  expect(images).toHaveLength(1);
  expect(diagnostics.filter(({ severity }) => severity === 'error')).toEqual([]);
  expect(diagnostics.filter(({ code }) => code === 'IMAGE_ALONE')).toHaveLength(1);
  const snapshot = await openSnapshot(path);
  try {
    const bytes = await snapshot.read(0, snapshot.size);
    const expected = new Uint8Array(blockSize * clusters * 512);
    // The one cluster that the image holds is filled with its number in the file.
    expected.fill(1, 0, blockSize * 512);
    expect(Buffer.compare(bytes, expected)).toBe(0);
    return [...snapshot.diagnostics];
  } finally {
    await snapshot.close();
  }
}

const small = shapes.map((shape) => ({ ...shape, clusters: 1 + (shape.clusters % 20) }));

describe('a path that is not a disk', () => {
  test('a directory with disks below it', async () => {
    const below = fc.constantFrom('root.hdd', 'a disk.hdd', '-x.hdd', 'in/harddisk 1.hdd', 'n\nl');
    await fc.assert(
      fc.asyncProperty(shapes, below, async (shape, place) => {
        const { directory } = await makeDisk(shape, `area/${place}`);
        const area = place.startsWith('in/') ? dirname(dirname(directory)) : dirname(directory);
        await writeFile(join(area, 've.conf'), 'A="b"\n');
        for (const [first] of await refusals(area))
          expect(first).toMatchObject({
            code: 'DESCRIPTOR_MISSING',
            data: { directory: area, disks: [place], images: [] },
            hint: expect.stringMatching(/^Give the disk: /) as string,
          });
      }),
      sample('disks below', 5),
    );
  });

  test('a directory above one that has lost its descriptor', async () => {
    const below = fc.constantFrom('root.hdd', 'a disk.hdd', 'in/harddisk 1.hdd', 'n\nl');
    const left = fc.constantFrom('nothing', 'a copy', 'another disk');
    await fc.assert(
      fc.asyncProperty(small, below, left, async (shape, place, beside) => {
        const { directory, files } = await makeDisk(
          { ...shape, name: 'root.hds' },
          `area/${place}`,
        );
        const area = place.startsWith('in/') ? dirname(dirname(directory)) : dirname(directory);
        const descriptor = join(directory, 'DiskDescriptor.xml');
        if (beside === 'another disk') {
          await mkdir(join(area, 'whole.hdd'));
          await writeFile(
            join(area, 'whole.hdd', 'DiskDescriptor.xml'),
            await readFile(descriptor),
          );
        }
        if (beside === 'a copy') await rename(descriptor, `${descriptor}.orig`);
        else await rm(descriptor);
        const isNamed = beside !== 'another disk' || place.endsWith('.hdd');
        const ofFile = (await refusals(join(area, 'DiskDescriptor.xml'))).slice(1);
        for (const found of [...(await refusals(area)), ...ofFile]) {
          const lost = found.find(
            (one) => one.code === 'DESCRIPTOR_MISSING' && one.data.directory === directory,
          );
          if (isNamed)
            expect(lost).toMatchObject({
              data: { images: files.map(() => ({ version: shape.version })) },
            });
          else expect(lost).toBeUndefined();
          const usable = found.filter(({ code }) => code === 'DESCRIPTOR_USABLE');
          expect(usable).toHaveLength(beside === 'a copy' ? 1 : 0);
        }
      }),
      sample('lost descriptors below', 6),
    );
  });

  test('images without a descriptor', async () => {
    await fc.assert(
      fc.asyncProperty(small, async (shape) => {
        const { directory, files } = await makeDisk(shape);
        await rm(join(directory, 'DiskDescriptor.xml'));
        const [first = ''] = files;
        if (files.length === 1) {
          const said = await expectAlone(directory, join(directory, first), shape);
          expect(said.map(({ code }) => code)).toEqual(['IMAGE_ALONE']);
          return;
        }
        for (const [finding] of await refusals(directory))
          expect(finding).toMatchObject({
            code: 'DESCRIPTOR_MISSING',
            data: {
              images: files.toSorted().map((file) => ({
                file: join(directory, file),
                sectors: shape.blockSize * shape.clusters,
                ...(file !== first && { named: 'delta' }),
              })),
            },
          });
        const last = join(directory, files.at(-1) ?? '');
        const said = await expectAlone(last, last, shape);
        expect(said.map(({ code }) => code)).toEqual(['IMAGE_ALONE', 'IMAGE_MAYBE_DELTA']);
      }),
      sample('images without a descriptor', 6),
    );
  });

  test('an image that the descriptor beside it does not name', async () => {
    const name = fc.constantFrom('root.hdd.orig.2026-11-01', "it's a copy", 'old.hds', '-x.hds');
    await fc.assert(
      fc.asyncProperty(small, name, async (shape, copy) => {
        const { directory, files } = await makeDisk(shape);
        await copyFile(join(directory, files[0] ?? ''), join(directory, copy));
        const path = join(directory, copy);
        const descriptor = join(directory, 'DiskDescriptor.xml');
        const said = await expectAlone(path, path, shape);
        expect(said.map(({ code }) => code)).toEqual(['IMAGE_ALONE', 'IMAGE_MAYBE_DELTA']);
        for (const finding of said) {
          expect(finding.data).toMatchObject({ descriptor });
          expect(finding.data).not.toHaveProperty('only');
          // A second descriptor must not be written there.
          expect(finding.hint).not.toContain('restore-descriptor');
        }
      }),
      sample('images that a descriptor does not name', 5),
    );
  });

  test('the path of a descriptor that is missing', async () => {
    const left = fc.option(fc.constantFrom('DiskDescriptor.xml.Backup', '.ploop-new-1'));
    await fc.assert(
      fc.asyncProperty(small, left, async (shape, remains) => {
        const { directory, shape: made } = await makeDisk(shape);
        const path = join(directory, 'DiskDescriptor.xml');
        if (remains === 'DiskDescriptor.xml.Backup') await rename(path, join(directory, remains));
        else await rm(path);
        if (remains === '.ploop-new-1') await mkdir(join(directory, remains));
        const [loaded, ...said] = await refusals(path);
        // What reads nothing but a descriptor looks for nothing else.
        expect(loaded?.map(({ code }) => code)).toEqual(['FILE_UNREADABLE']);
        expect(said).toEqual((await refusals(directory)).slice(1));
        if (made.deltas > 0) expect(said[0]?.[0]?.code).toBe('DESCRIPTOR_MISSING');
      }),
      sample('missing descriptors', 5),
    );
    const directory = await temporaryDirectory();
    const [loaded, ...said] = await refusals(join(directory, 'DiskDescriptor.xml'));
    expect(loaded?.[0]?.code).toBe('FILE_UNREADABLE');
    for (const [first] of [...said, ...(await refusals(directory))])
      expect(first).toMatchObject({ code: 'DESCRIPTOR_MISSING', data: { directory, empty: true } });
  });

  test('an image, or the marker of a bundle, of a disk', async () => {
    await fc.assert(
      fc.asyncProperty(shapes, fc.nat(), async (shape, which) => {
        const { directory, files } = await makeDisk(shape);
        const image = join(directory, files[which % files.length] ?? '');
        const marker = join(directory, 'marker.hdd');
        await writeFile(marker, '');
        const descriptor = join(directory, 'DiskDescriptor.xml');
        for (const path of [image, marker])
          for (const [first] of await refusals(path))
            expect(first).toMatchObject({
              code: 'PATH_NOT_DESCRIPTOR',
              data: { file: path, descriptor, ...(path === image && { named: true }) },
              hint: expect.stringContaining('Give the directory') as string,
            });
      }),
      sample('images and markers', 6),
    );
  });

  test('a single file, of ploop or not', async () => {
    const kinds = fc.constantFrom(
      ['514649fb00000003', 'qcow2 image'],
      ['4b444d5601000000', 'VMDK image'],
      ['1f8b080000000000', 'gzip file'],
      ['636f6e65637469780000', 'VHD image'],
      ['0000000000000000', 'file of zeros'],
      ['6e616d653a2078', 'file without XML'],
      // Boot code has any byte, `<` too.
      [`3c33c08ed0${'00'.repeat(505)}55aa`, 'bare disk'],
      [`${'00'.repeat(1024)}3c${'00'.repeat(55)}53ef`, 'bare disk'],
      ['01023c2f7801', 'file without XML'],
    );
    await fc.assert(
      fc.asyncProperty(small, kinds, async (shape, [start = '', kind]) => {
        const { directory, files } = await makeDisk({ ...shape, deltas: 0 });
        const file = join(await temporaryDirectory(), 'winxp.hdd');
        await rename(join(directory, files[0] ?? ''), file);
        await expectAlone(file, file, shape);
        await mkdir(join(directory, 'x'));
        const other = join(directory, 'x', 'disk.hdd');
        await writeFile(other, Buffer.concat([Buffer.from(start, 'hex'), Buffer.alloc(200)]));
        for (const [first] of await refusals(other))
          expect(first).toMatchObject({ code: 'PATH_NOT_DESCRIPTOR', data: { file: other, kind } });
      }),
      sample('single files', 6),
    );
  });

  test.each([
    ['514649fb00000003', /^It is not a disk of ploop: see qemu-img info '.*\/-a disk\.hdd'\.$/],
    [`${'00'.repeat(510)}55aa`, /byte for byte.*`ploop restore-descriptor -f raw \S+ '.*-a disk/],
  ])('a directory whose only image is none of ploop: %s', async (start, hint) => {
    const directory = await temporaryDirectory();
    await writeFile(join(directory, '-a disk.hdd'), Buffer.from(start.padEnd(10_000, '0'), 'hex'));
    for (const [first] of await refusals(directory)) {
      expect(first).toMatchObject({ code: 'DESCRIPTOR_MISSING' });
      expect(first?.hint).toMatch(hint);
    }
  });

  test('a virtual machine of macOS', async () => {
    const directory = join(await temporaryDirectory(), 'macOS 12.macvm');
    await mkdir(directory);
    await writeFile(join(directory, 'disk0.img'), Buffer.alloc(1_048_576));
    await writeFile(join(directory, 'aux.bin'), Buffer.alloc(4096));
    for (const [first] of await refusals(directory))
      expect(first).toMatchObject({ code: 'DESCRIPTOR_MISSING', data: { raw: 'disk0.img' } });
    for (const [first] of await refusals(join(directory, 'disk0.img')))
      expect(first).toMatchObject({ code: 'PATH_NOT_DESCRIPTOR', data: { kind: 'bare disk' } });
  });
});
