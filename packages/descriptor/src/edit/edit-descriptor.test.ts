import { sample } from '@ploop/test-kit';
import fc from 'fast-check';
import { expect, test } from 'vitest';

import { editDescriptor } from './edit-descriptor.ts';
import { NIL_GUID, parseGuid, TOP_GUID, type Guid } from '../guid.ts';
import type { DiskDescriptor } from '../model.ts';
import { parseDescriptorOrThrow } from '../parse.ts';
import { serializeDescriptor } from '../serialize.ts';
import { sectors } from '../units.ts';

const BASE = '{1a1a1a1a-0000-4000-8000-000000000001}';
const FOREIGN = `<?xml version='1.0' encoding='UTF-8'?>
<!-- made by hand -->
<Parallels_disk_image Version="1.0" xmlns:x='urn:x'>
    <Disk_Parameters>
        <Disk_size>204800</Disk_size>
        <Cylinders>400</Cylinders><Heads>16</Heads> <Sectors>32</Sectors>
        <Padding>7</Padding>
        <PhysicalSectorSize>4096</PhysicalSectorSize>
        <LogicSectorSize>512</LogicSectorSize>
        <Encryption>
            <Engine>{00000000-0000-0000-0000-000000000000}</Engine>
            <Data></Data>
        </Encryption>
        <UID>{5b5b5b5b-0000-4000-8000-000000000001}</UID>
        <Name a="1" b='2'>é ✓ &amp; ]]&gt;</Name>
        <Miscellaneous>
            <CompatLevel>level2</CompatLevel>
            <Bootable>1</Bootable>
            <SuspendState>0</SuspendState>
            <ChangeState>0</ChangeState>
        </Miscellaneous>
        <x:Other/>
    </Disk_Parameters>
    <StorageData>
        <Storage>
            <Start>0</Start>
            <End>204800</End>
            <Blocksize>2048</Blocksize>
            <Image Kept="yes">
                <GUID>${BASE}</GUID>
                <Type>Compressed</Type>
                <File Protected="0"><!-- base -->root.hds</File>
                <Note>base</Note>
            </Image>
            <Image>
                <GUID>${TOP_GUID}</GUID>
                <Type>Compressed</Type>
                <File><![CDATA[x]]>root.hds.1</File>
            </Image>
        </Storage>
    </StorageData>
    <Snapshots>
        <TopGUID>${TOP_GUID}</TopGUID>
        <Shot>
            <GUID>${BASE}</GUID>
            <ParentGUID>${NIL_GUID}</ParentGUID>
            <Comment>first</Comment>
        </Shot>
        <Shot>
            <GUID>${TOP_GUID}</GUID>
            <ParentGUID>${BASE}</ParentGUID>
        </Shot>
    </Snapshots>
</Parallels_disk_image>
<!-- end -->
`;
const before = parseDescriptorOrThrow(FOREIGN);
const guid = (text: string): Guid => parseGuid(text) ?? NIL_GUID;
const [base, top] = before.images;
const [baseShot, topShot] = before.shots;
if (base === undefined || top === undefined || baseShot === undefined || topShot === undefined)
  throw new Error('the fixture has two of each');
const NEW = guid('{2b2b2b2b-0000-4000-8000-000000000002}');

const CASES: readonly (readonly [
  string,
  Partial<DiskDescriptor>,
  readonly (readonly [string, string])[],
])[] = [
  ['nothing', {}, []],
  [
    'the name of an image',
    { images: [{ ...base, file: 'a & é' }, top] },
    [['>root.hds<', '>a &amp; &#xE9;<']],
  ],
  ['a name behind CDATA', { images: [base, { ...top, file: 'y' }] }, [[']]>root.hds.1<', ']]>y<']]],
  [
    'the size, and what is derived from it',
    { size: sectors(409600) },
    [
      ['<Disk_size>204800<', '<Disk_size>409600<'],
      ['<End>204800<', '<End>409600<'],
      ['<Sectors>32<', '<Sectors>64<'],
    ],
  ],
  ['the cluster size', { blockSize: sectors(4096) }, [['>2048<', '>4096<']]],
  [
    'a mode that needs an element',
    { mode: 'preallocated' },
    [['</Blocksize>', '</Blocksize>\n            <Preallocated>1</Preallocated>']],
  ],
  [
    'a cap',
    { maxDeltaSize: 1048576 },
    [['</Disk_size>', '</Disk_size>\n        <Max_delta_size>1048576</Max_delta_size>']],
  ],
  [
    'a key',
    { encryptionKeyId: 'k' },
    [['<Encryption>', '<Encryption>\n            <KeyId>k</KeyId>']],
  ],
  [
    'a shot marked temporary',
    { shots: [{ ...baseShot, temporary: true }, topShot] },
    [[`${NIL_GUID}</ParentGUID>`, `${NIL_GUID}</ParentGUID>\n            <Temporary/>`]],
  ],
  [
    'a leaf deleted, its parent the top',
    {
      images: [{ ...base, guid: TOP_GUID }],
      shots: [{ ...baseShot, guid: TOP_GUID }],
    },
    [
      [
        `<Image Kept="yes">\n                <GUID>${BASE}`,
        `<Image Kept="yes">\n                <GUID>${TOP_GUID}`,
      ],
      [
        `\n            <Image>\n                <GUID>${TOP_GUID}</GUID>\n                <Type>Compressed</Type>\n                <File><![CDATA[x]]>root.hds.1</File>\n            </Image>`,
        '',
      ],
      [`<Shot>\n            <GUID>${BASE}`, `<Shot>\n            <GUID>${TOP_GUID}`],
      [
        `\n        <Shot>\n            <GUID>${TOP_GUID}</GUID>\n            <ParentGUID>${BASE}</ParentGUID>\n        </Shot>`,
        '',
      ],
    ],
  ],
  [
    'a snapshot taken',
    {
      images: [
        base,
        { ...top, guid: NEW },
        { guid: TOP_GUID, type: 'Compressed', file: 'root.hds.2' },
      ],
      shots: [
        baseShot,
        { ...topShot, guid: NEW },
        { guid: TOP_GUID, parentGuid: NEW, temporary: false },
      ],
    },
    [
      [
        `<GUID>${TOP_GUID}</GUID>\n                <Type>`,
        `<GUID>${NEW}</GUID>\n                <Type>`,
      ],
      [
        'root.hds.1</File>\n            </Image>',
        `root.hds.1</File>\n            </Image>\n            <Image>\n                <GUID>${TOP_GUID}</GUID>\n                <Type>Compressed</Type>\n                <File>root.hds.2</File>\n            </Image>`,
      ],
      [
        `<GUID>${TOP_GUID}</GUID>\n            <ParentGUID>`,
        `<GUID>${NEW}</GUID>\n            <ParentGUID>`,
      ],
      [
        `<ParentGUID>${BASE}</ParentGUID>\n        </Shot>`,
        `<ParentGUID>${BASE}</ParentGUID>\n        </Shot>\n        <Shot>\n            <GUID>${TOP_GUID}</GUID>\n            <ParentGUID>${NEW}</ParentGUID>\n        </Shot>`,
      ],
    ],
  ],
];

const replaced = (source: string, pairs: readonly (readonly [string, string])[]): string =>
  pairs.reduce((text, [from, to]) => {
    expect(text.split(from)).toHaveLength(2);
    return text.replace(from, () => to);
  }, source);

test.each(CASES)('%s is changed, and nothing else', (_name, change, pairs) => {
  expect(editDescriptor(FOREIGN, { ...before, ...change })).toBe(replaced(FOREIGN, pairs));
});

test.each(CASES)('%s, in any encoding and with any line ends', (_name, change, pairs) => {
  const next = { ...before, ...change };
  const dos = (text: string): string => text.replaceAll('\n', '\r\n');
  const expected = dos(replaced(FOREIGN, pairs));
  const utf8 = editDescriptor(Buffer.from(`\uFEFF${dos(FOREIGN)}`), next);
  expect(Buffer.from(utf8).toString()).toBe(`\uFEFF${expected}`);
  const wide = (text: string): Buffer => Buffer.from(text.replace('UTF-8', 'UTF-16'), 'utf16le');
  expect(Buffer.from(editDescriptor(wide(`\uFEFF${dos(FOREIGN)}`), next))).toEqual(
    wide(`\uFEFF${expected}`),
  );
  expect(Buffer.from(editDescriptor(wide(dos(FOREIGN)).swap16(), next))).toEqual(
    wide(expected).swap16(),
  );
  const latin = (text: string): Buffer =>
    Buffer.from(text.replace('UTF-8', 'ISO-8859-1').replace('✓', '?'), 'latin1');
  expect(Buffer.from(editDescriptor(latin(dos(FOREIGN)), next))).toEqual(latin(expected));
});

test('what cannot be said is refused', () => {
  const failed = expect.objectContaining({ code: 'EDIT_IMPOSSIBLE' }) as Error;
  expect(() => editDescriptor(FOREIGN, { ...before, root: 'Other' })).toThrow(failed);
  expect(() => editDescriptor(FOREIGN, { ...before, volume: { readOnly: true } })).toThrow(failed);
  expect(() => editDescriptor('<a/>', before)).toThrow(
    expect.objectContaining({ code: 'DISK_PARAMETERS_MISSING' }),
  );
});

test('any graph can become any other', () => {
  const graphs = fc
    .uniqueArray(fc.tuple(fc.nat({ max: 8 }), fc.nat(), fc.boolean()), {
      selector: ([id]) => id,
      minLength: 1,
    })
    .map((nodes) => {
      const guids = nodes.map(([id]) => guid(`{00000000-0000-4000-8000-00000000000${String(id)}}`));
      return {
        ...before,
        topGuid: guids.at(-1) ?? TOP_GUID,
        images: nodes.map(([id], index) => ({
          guid: guids[index] ?? TOP_GUID,
          type: 'Compressed' as const,
          file: `file${String((id * 7) % 9)}`,
        })),
        shots: nodes.map(([, parent, isTemporary], index) => ({
          guid: guids[index] ?? TOP_GUID,
          parentGuid: index === 0 ? NIL_GUID : (guids[parent % index] ?? NIL_GUID),
          temporary: isTemporary && index < nodes.length - 1,
        })),
      };
    });
  fc.assert(
    fc.property(graphs, graphs, fc.boolean(), (one, other, isForeign) => {
      const source = isForeign ? editDescriptor(FOREIGN, one) : serializeDescriptor(one);
      const edited = editDescriptor(source, other);
      expect(parseDescriptorOrThrow(edited)).toEqual(other);
      expect(editDescriptor(edited, other)).toBe(edited);
      if (isForeign) expect(edited).toContain('<ChangeState>0</ChangeState>');
      else expect(edited).toBe(serializeDescriptor(other));
    }),
    sample('graphs edited', 200),
  );
});
