import { expect, test } from 'vitest';

import { HEADER_BYTES, parseImageHeader } from './header.ts';

interface Fields {
  readonly signature?: string;
  readonly type?: number;
  readonly blockSize?: number;
  readonly size?: bigint;
}
function header({
  signature = 'WithoutFreeSpace',
  type = 2,
  blockSize = 2048,
  size = 131072n,
}: Fields): Buffer {
  const bytes = Buffer.alloc(HEADER_BYTES);
  bytes.write(signature, 'latin1');
  bytes.writeUInt32LE(type, 16);
  bytes.writeUInt32LE(blockSize, 28);
  bytes.writeBigUInt64LE(size, 36);
  return bytes;
}

test('version 1 and 2 are distinguished by the signature', () => {
  expect(parseImageHeader(header({}), 'f')).toEqual({
    header: { version: 1, blockSize: 2048, size: 131072, statedSize: 131072 },
    diagnostics: [],
  });
  expect(parseImageHeader(header({ signature: 'WithouFreSpacExt' }), 'f').header?.version).toBe(2);
});

test('the size is in whole clusters, as the tool has it, beside what is stated', () => {
  expect(parseImageHeader(header({ size: 131073n }), 'f').header).toMatchObject({
    size: 131072,
    statedSize: 131073,
  });
});

test('version 1 has a size of 32 bits', () => {
  expect(parseImageHeader(header({ size: 2n ** 32n + 131072n }), 'f').header?.size).toBe(131072);
});

test('a version 2 size beyond 32 bits is read', () => {
  const size = 32n * 2n ** 31n;
  const result = parseImageHeader(header({ signature: 'WithouFreSpacExt', size }), 'f');
  expect(result.header?.size).toBe(Number(size));
});

test.each<[Fields, string]>([
  [{ signature: 'QFI\xfb' }, 'signature'],
  [{ type: 3 }, 'type'],
  [{ blockSize: 63 }, 'cluster size'],
  [{ blockSize: 0 }, 'cluster size'],
])('%o is refused for its %s', (fields, field) => {
  expect(parseImageHeader(header(fields), 'f')).toMatchObject({
    diagnostics: [{ code: 'HEADER_INVALID', data: { file: 'f', field } }],
  });
});

test('a size beyond what can be held exactly is said in full', () => {
  const result = parseImageHeader(header({ signature: 'WithouFreSpacExt', size: 2n ** 63n }), 'f');
  expect(result).toMatchObject({
    diagnostics: [
      { code: 'HEADER_SIZE_INEXACT', data: { file: 'f', sectors: '9223372036854775808' } },
    ],
  });
});

test('fewer bytes than the tool reads are too few', () => {
  expect(parseImageHeader(header({}).subarray(0, HEADER_BYTES - 1), 'f')).toMatchObject({
    diagnostics: [{ code: 'HEADER_TOO_SHORT', data: { bytes: 4095 } }],
  });
});

test('bytes at an offset of a larger buffer are read from there', () => {
  const padded = Buffer.concat([Buffer.alloc(7), header({})]);
  expect(parseImageHeader(padded.subarray(7), 'f').header?.version).toBe(1);
});
