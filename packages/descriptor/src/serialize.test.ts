import fc from 'fast-check';
import { sample } from '@ploop/test-kit';
import { expect, test } from 'vitest';

import { NIL_GUID, parseGuid, TOP_GUID, type Guid } from './guid.ts';
import type { DiskDescriptor } from './model.ts';
import { parseDescriptor } from './parse.ts';
import { serializeDescriptor } from './serialize.ts';
import { sectors } from './units.ts';

const SMALL: DiskDescriptor = {
  root: 'Virtuozzo_disk_image',
  size: sectors(102400),
  blockSize: sectors(2048),
  mode: 'expanded',
  geometry: { cylinders: 200, heads: 16 },
  topGuid: TOP_GUID,
  images: [{ guid: TOP_GUID, type: 'Compressed', file: 'root.hdd' }],
  shots: [{ guid: TOP_GUID, parentGuid: NIL_GUID, temporary: false }],
};

test('everything that the tool can write has its place', () => {
  const lines = serializeDescriptor({
    ...SMALL,
    mode: 'preallocated',
    maxDeltaSize: 1048576,
    encryptionKeyId: 'a<b',
    volume: { parent: '../base', snapshotGuid: NIL_GUID, readOnly: true },
    shots: [{ guid: TOP_GUID, parentGuid: NIL_GUID, temporary: true }],
  }).split('\n');
  expect(lines.slice(3, 30).map((line) => line.trim())).toEqual([
    '<Disk_size>102400</Disk_size>',
    '<Max_delta_size>1048576</Max_delta_size>',
    '<Cylinders>200</Cylinders>',
    '<Heads>16</Heads>',
    '<Sectors>32</Sectors>',
    '<Padding>0</Padding>',
    '<Encryption>',
    '<KeyId>a&lt;b</KeyId>',
    '</Encryption>',
    '</Disk_Parameters>',
    '<StorageData>',
    '<Volume>',
    '<Parent>../base</Parent>',
    `<SnapshotGUID>${NIL_GUID}</SnapshotGUID>`,
    '<ReadOnly>1</ReadOnly>',
    '</Volume>',
    '<Storage>',
    '<Start>0</Start>',
    '<End>102400</End>',
    '<Blocksize>2048</Blocksize>',
    '<Preallocated>1</Preallocated>',
    '<Image>',
    `<GUID>${TOP_GUID}</GUID>`,
    '<Type>Compressed</Type>',
    '<File>root.hdd</File>',
    '</Image>',
    '</Storage>',
  ]);
  expect(lines).toContain('      <Temporary/>');
});

test('a geometry of zeros has no sectors, as in releases that survive it', () => {
  const text = serializeDescriptor({ ...SMALL, geometry: { cylinders: 0, heads: 16 } });
  expect(text).toContain('<Sectors>0</Sectors>');
});

const guid: fc.Arbitrary<Guid> = fc.uuid().map((text) => parseGuid(`{${text}}`) ?? NIL_GUID);
/** What XML can hold, and the tool can open: no control characters but the three, no lone surrogates. */
const file = fc
  .string({ unit: 'grapheme', minLength: 1, maxLength: 30 })
  .filter((text) => !/[\p{Cc}\p{Cs}\uFFFE\uFFFF]/u.test(text));

const descriptors: fc.Arbitrary<DiskDescriptor> = fc
  .record({
    size: fc.nat({ max: 2 ** 40 }),
    mode: fc.constantFrom('raw', 'expanded', 'preallocated'),
    cylinders: fc.nat(),
    heads: fc.nat({ max: 255 }),
    maxDeltaSize: fc.option(fc.integer({ min: 1 }), { nil: undefined }),
    keyId: fc.option(file, { nil: undefined }),
    nodes: fc.uniqueArray(fc.record({ guid, parent: fc.nat(), file, temporary: fc.boolean() }), {
      selector: (node) => node.guid,
      minLength: 1,
      maxLength: 6,
    }),
  })
  .map(({ size, mode, cylinders, heads, maxDeltaSize, keyId, nodes }) => ({
    ...SMALL,
    size: sectors(size),
    mode,
    geometry: { cylinders, heads },
    ...(maxDeltaSize !== undefined && { maxDeltaSize }),
    ...(keyId !== undefined && { encryptionKeyId: keyId }),
    topGuid: nodes.at(-1)?.guid ?? TOP_GUID,
    images: nodes.map((node) => ({
      guid: node.guid,
      type: mode === 'raw' ? 'Plain' : 'Compressed',
      file: node.file,
    })),
    shots: nodes.map((node, index) => ({
      guid: node.guid,
      parentGuid: index === 0 ? NIL_GUID : (nodes[node.parent % index]?.guid ?? NIL_GUID),
      temporary: node.temporary && index < nodes.length - 1,
    })),
  }));

test('what is written is read back the same', () => {
  fc.assert(
    fc.property(descriptors, (descriptor) => {
      const text = serializeDescriptor(descriptor);
      expect(parseDescriptor(text).descriptor).toEqual(descriptor);
      expect(text).toMatch(/^[\0-\x7f]*$/);
    }),
    sample('written and read back', 200),
  );
});
