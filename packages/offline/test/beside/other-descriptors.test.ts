import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { imageBytes, sample, testGuid } from '@ploop/test-kit';
import fc from 'fast-check';
import { expect, test } from 'vitest';

import { checkDisk, diskSpace, openSnapshot } from '../../src/index.ts';
import { chainXml, imageOf, makeDisk, shapes } from './make-disk.ts';

const IN_USE = 0x746f6e59;

/** Names of other descriptors as bytes, and as findings write them. */
const OTHER_NAMES = fc.constantFrom(
  ...[
    'DiskDescriptor.xml.copy',
    'DiskDescriptor.xml.orig',
    'DiskDescriptor.xml.tmp',
    'DiskDescriptor.xml.Backup',
    'old state.xml',
    '-x',
    'Beschreibung \u00fc\n',
  ].map((text) => ({ bytes: Buffer.from(text), text })),
  { bytes: Buffer.from('Beschreibung \u00fc.xml', 'latin1'), text: 'Beschreibung \\xfc.xml' },
  { bytes: Buffer.from([0xff, 0xfe]), text: '\\xff\\xfe' },
);

function pathOf(directory: string, { bytes }: { readonly bytes: Buffer }): Buffer {
  return Buffer.concat([Buffer.from(`${directory}/`), bytes]);
}

const others = fc.record({
  shape: shapes,
  name: OTHER_NAMES,
  inUse: fc.boolean(),
  shared: fc.nat(),
  extra: fc.integer({ min: 1, max: 3 }),
});

test('a delta that another descriptor names is not an orphan, and the export says so', async () => {
  await fc.assert(
    fc.asyncProperty(others, async ({ shape, name, inUse, shared, extra }) => {
      const { directory, guids, files } = await makeDisk(shape);
      const common = 1 + (shared % files.length);
      const deltas = Array.from({ length: extra }, (_, index) => testGuid(200 + index));
      const own = deltas.map((guid) => `${shape.name}.${guid}`);
      for (const file of own)
        await writeFile(join(directory, file), imageOf(shape, inUse ? IN_USE : 0));
      const named = [...files.slice(0, common), ...own];
      const shots = [...guids.slice(0, common), ...deltas];
      await writeFile(pathOf(directory, name), chainXml(shape, shots, named));
      const { diagnostics } = await checkDisk(directory);
      expect(diagnostics.map(({ code }) => code)).not.toContain('DELTA_ORPHANED');
      const rival = diagnostics.find(({ code }) => code === 'DESCRIPTOR_RIVAL');
      expect(rival).toMatchObject({
        severity: 'warning',
        data: {
          file: join(directory, name.text),
          images: own.map((file, index) => ({
            file: join(directory, file),
            guid: deltas[index],
            inUse,
            isTop: index === own.length - 1,
          })),
          needs: files.slice(0, common).map((file) => join(directory, file)),
        },
      });
      const { leftovers } = await diskSpace(directory);
      for (const file of own)
        expect(leftovers.map((one) => one.file)).not.toContain(join(directory, file));
      for (const guid of [undefined, guids[0]]) {
        const snapshot = await openSnapshot(directory, guid);
        await snapshot.close();
        expect(snapshot.diagnostics).toContainEqual(rival);
      }
    }),
    sample('other descriptors', 8),
  );
});

test('a snapshot that the tool did not finish needs nothing before it holds data', async () => {
  const shape = { name: 'root.hds', deltas: 1, blockSize: 64, clusters: 3, version: 2 } as const;
  const { directory, guids, files } = await makeDisk(shape);
  const own = `${shape.name}.${testGuid(200)}`;
  const xml = chainXml(shape, [...guids, testGuid(200)], [...files, own]);
  await writeFile(join(directory, 'DiskDescriptor.xml.tmp'), xml);
  const empty = imageBytes({ ...shape, size: 192n }, [], 0);
  const inUse = imageBytes({ ...shape, size: 192n, mark: IN_USE }, [], 0);
  const needs: unknown[] = [];
  for (const bytes of [new Uint8Array(), empty, inUse, imageOf(shape)]) {
    await writeFile(join(directory, own), bytes);
    const { diagnostics } = await checkDisk(directory);
    const rival = diagnostics.find(({ code }) => code === 'DESCRIPTOR_RIVAL');
    needs.push(rival?.code === 'DESCRIPTOR_RIVAL' ? rival.data.needs.length : undefined);
  }
  expect(needs).toEqual([0, 0, 2, 2]);
});

test('a copy of the descriptor is one, whatever it is called', async () => {
  await fc.assert(
    fc.asyncProperty(others, async ({ shape, name, shared }) => {
      const { directory, guids, files } = await makeDisk(shape);
      const common = 1 + (shared % files.length);
      const xml = chainXml(shape, guids.slice(0, common), files.slice(0, common));
      await writeFile(pathOf(directory, name), xml);
      const { diagnostics } = await checkDisk(directory);
      const codes = diagnostics.map(({ code }) => code);
      expect(codes).not.toContain('DESCRIPTOR_RIVAL');
      const isKnown = codes.includes('BACKUP_LEFT') || codes.includes('OPERATION_INTERRUPTED');
      expect(codes.includes('DESCRIPTOR_COPY')).toBe(!isKnown);
    }),
    sample('copies of descriptors', 6),
  );
});

test('a descriptor of no use names the one beside that is', async () => {
  const damages = fc.constantFrom('', '\0\0\0\0', '<?xml version="1.0"?>\n<Parallels_disk');
  const losses = fc.record({ made: others, damage: damages, lost: fc.option(fc.nat()) });
  await fc.assert(
    fc.asyncProperty(losses, async ({ made: { shape, name }, damage, lost }) => {
      const { directory, guids, files } = await makeDisk(shape);
      await writeFile(join(directory, 'DiskDescriptor.xml'), damage);
      await writeFile(pathOf(directory, name), chainXml(shape, guids, files));
      const gone = lost === null ? [] : [join(directory, files[lost % files.length] ?? '')];
      for (const file of gone) await rm(file);
      const { diagnostics } = await checkDisk(directory);
      expect(diagnostics.find(({ code }) => code === 'DESCRIPTOR_USABLE')?.data).toMatchObject({
        file: join(directory, name.text),
        images: files.length,
        missing: gone,
      });
      expect(diagnostics.map(({ code }) => code)).not.toContain('DELTA_ORPHANED');
    }),
    sample('descriptors of no use', 6),
  );
});

test('a descriptor that the tool refuses names the one beside, with what is there', async () => {
  const { directory, guids, files, shape } = await makeDisk({
    ...{ name: 'root.hds', deltas: 2, blockSize: 64, clusters: 3, version: 2 },
  });
  const xml = chainXml(shape, guids, files);
  const damaged = xml.replace(/<TopGUID>.*<\/TopGUID>/, '<TopGUID></TopGUID>');
  await writeFile(join(directory, 'DiskDescriptor.xml'), damaged);
  await writeFile(join(directory, 'DiskDescriptor.xml.Backup'), xml);
  const { diagnostics } = await checkDisk(directory);
  expect(diagnostics.find(({ code }) => code === 'DESCRIPTOR_USABLE')?.data).toMatchObject({
    images: files.length,
    missing: [],
  });
});
