import { DescriptorError } from '@ploop/descriptor';
import { memorySource } from '@ploop/descriptor/internal';
import { imageBytes, type HeaderFields } from '@ploop/test-kit';
import fc from 'fast-check';
import { expect, test } from 'vitest';

import { describeImage } from './describe.ts';
import type { DescriptionResult } from './description.ts';

const describeBytes = (bytes: Uint8Array): Promise<DescriptionResult> =>
  describeImage(memorySource('f', bytes));
const word = (text: string): number => Buffer.from(text, 'latin1').readUInt32LE();

test('all fields of a header', async () => {
  const bytes = imageBytes({ version: 1, flags: 5, mark: word('Ynot') }, [64, 128]);
  expect(await describeBytes(bytes)).toEqual({
    description: {
      format: 'ploop',
      version: 1,
      type: 2,
      heads: 16,
      cylinders: 4,
      blockSize: 64,
      statedClusters: 64,
      statedSize: 4096n,
      size: 4096,
      mark: { value: 0x746f6e59, state: 'in-use', text: 'Ynot' },
      firstBlock: 64,
      flags: { value: 5, empty: true, changingVersion: false, unknown: 4 },
      extensionOffset: 0n,
      fileBytes: 3 * 32768,
      layout: {
        version: 1,
        clusterBytes: 32768,
        grid: 0,
        size: 64 * 64 * 512,
        clusters: 64,
        entryBytes: 512,
        dataStart: 32768,
        fileBytes: 3 * 32768,
      },
    },
    diagnostics: [],
  });
});

test.each([
  [0, 'closed', '0x00000000'],
  [word('v2.1'), 'closed-extended', 'v2.1'],
  [word('pd17'), 'closed-by-desktop', 'pd17'],
  [word('pdxx'), 'unknown', 'pdxx'],
  [0x01020304, 'unknown', '0x01020304'],
])('mark %i is %s', async (mark, state, text) => {
  expect(await describeBytes(imageBytes({ mark }))).toMatchObject({
    description: { mark: { value: mark, state, text } },
  });
});

test.each<[HeaderFields, string]>([
  [{ type: 3 }, 'type'],
  [{ blockSize: 63, size: 4096n }, 'cluster size'],
  [{ blockSize: 504, clusters: 8, size: 4096n }, 'cluster size'],
  [{ size: 2n ** 62n }, 'size'],
  [{ size: 2n ** 32n * 64n }, 'size'],
  [{ firstBlock: 32 }, 'first block offset'],
  [{ size: 2n ** 30n }, 'first block offset'],
])('an image with %o is described, and cannot be read', async (fields, field) => {
  const { description, diagnostics } = await describeBytes(
    Buffer.concat([imageBytes(fields), Buffer.alloc(32768)]),
  );
  expect(description).toMatchObject({ format: 'ploop', version: 2, heads: 16 });
  expect(description).not.toHaveProperty('layout');
  expect(diagnostics).toMatchObject([{ code: 'HEADER_INVALID', data: { file: 'f', field } }]);
});

test('an image that is cut off in its header or its BAT is described', async () => {
  const small = imageBytes().subarray(0, 100);
  const cut = imageBytes({ clusters: 20_000 }).subarray(0, 70_000);
  for (const bytes of [small, cut]) {
    const { description, diagnostics } = await describeBytes(bytes);
    expect(description).toMatchObject({ format: 'ploop', blockSize: 64 });
    expect(description).not.toHaveProperty('layout');
    expect(diagnostics).toMatchObject([
      { code: 'HEADER_TOO_SHORT', data: { bytes: bytes.length } },
    ]);
  }
});

test('what begins as nothing known is raw', async () => {
  expect(await describeBytes(new Uint8Array(1500))).toEqual({
    description: { format: 'raw', size: 3, fileBytes: 1500 },
    diagnostics: [],
  });
  expect(await describeBytes(new Uint8Array(0))).toMatchObject({ description: { size: 0 } });
});

test('qcow2 is recognised', async () => {
  const bytes = Buffer.alloc(4096);
  bytes.write('QFI\xfb', 'latin1');
  bytes.writeUInt32BE(3, 4);
  bytes.writeUInt32BE(16, 20);
  bytes.writeBigUInt64BE(2n ** 40n, 24);
  bytes.writeUInt32BE(2, 60);
  bytes.writeBigUInt64BE(1n, 72);
  expect(await describeBytes(bytes)).toEqual({
    description: {
      format: 'qcow2',
      version: 3,
      size: 2n ** 40n,
      clusterBits: 16,
      hasBackingFile: false,
      snapshots: 2,
      dirty: true,
      corrupt: false,
      fileBytes: 4096,
    },
    diagnostics: [],
  });
});

test('any bytes are described, and no read goes beyond the file', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom<1 | 2>(1, 2),
      fc.array(fc.tuple(fc.nat(63), fc.integer({ min: 0, max: 255 })), { maxLength: 8 }),
      fc.nat(40_000),
      async (version, changes, length) => {
        const bytes = imageBytes({ version }, [64]).subarray(0, length);
        for (const [at, value] of changes) if (at < bytes.length) bytes[at] = value;
        const source = memorySource('f', bytes);
        const most = 1 << 20;
        const { description } = await describeImage({
          ...source,
          readAt: (target, position) => {
            expect(position + target.length).toBeLessThanOrEqual(bytes.length);
            expect(target.length).toBeLessThanOrEqual(most);
            return source.readAt(target, position);
          },
        });
        expect(description.fileBytes).toBe(bytes.length);
      },
    ),
  );
});

test('a file that ends while it is read is an error with a code', async () => {
  const source = { ...memorySource('f', imageBytes()), readAt: () => Promise.resolve(7) };
  await expect(describeImage(source)).rejects.toThrow(DescriptorError);
  await expect(describeImage(source)).rejects.toMatchObject({ code: 'FILE_UNREADABLE' });
});
