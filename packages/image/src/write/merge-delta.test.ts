import { bytes, sectors } from '@ploop/descriptor';
import { memorySource } from '@ploop/descriptor/internal';
import { imageBytes, type HeaderFields } from '@ploop/test-kit';
import { expect, test } from 'vitest';

import { createImage } from './create-image.ts';
import type { ImageTarget } from './image-target.ts';
import { mergeDelta } from './merge-delta.ts';

const IN_USE = 0x746f6e59;

/** Fails each write. */
function sealed(content: Uint8Array): ImageTarget {
  return {
    ...memorySource('lower', content),
    bytes: bytes(content.length),
    writeAt: () => Promise.reject(new Error('written to')),
    sync: () => Promise.reject(new Error('synced')),
  };
}

test.each<[string, HeaderFields, HeaderFields, readonly number[]]>([
  ['CHAIN_CLUSTER_SIZE', {}, { blockSize: 128 }, []],
  ['CHAIN_VERSION', { version: 1 }, {}, []],
  ['IMAGE_IN_USE', { mark: IN_USE }, {}, []],
  ['IMAGE_IN_USE', {}, { mark: IN_USE }, []],
  ['IMAGE_CONVERTING', { flags: 2 }, {}, []],
  ['CLUSTER_SHARED', {}, {}, [1, 1]],
  ['HEADER_INVALID', { type: 7 }, {}, []],
])('%s: refused before anything is written', async (code, lower, upper, bat) => {
  const source = memorySource('upper', imageBytes(upper, bat));
  await expect(mergeDelta(sealed(imageBytes(lower)), source)).rejects.toMatchObject({ code });
});

test('a file without a header is not a raw base unless that is said, and one with a header is if it is', async () => {
  const damaged = imageBytes({ signature: 'WithoutFreeSpacf' }, [1]);
  const upper = memorySource('upper', imageBytes({}, [1]));
  await expect(mergeDelta(sealed(damaged), upper)).rejects.toMatchObject({
    code: 'HEADER_INVALID',
  });
  let content = Buffer.alloc(64 * 32_768, imageBytes({}, [1]));
  const raw: ImageTarget = {
    ...memorySource('lower', content),
    writeAt: (bytes, position) => {
      content = Buffer.concat([
        content.subarray(0, position),
        bytes,
        content.subarray(position + bytes.length),
      ]);
      return Promise.resolve();
    },
    sync: () => Promise.resolve(),
  };
  const before = Buffer.from(content);
  await mergeDelta(raw, upper, { rawBase: true });
  expect(content.subarray(32_768).equals(before.subarray(32_768))).toBe(true);
  expect(content.subarray(0, 32_768).every((byte) => byte === 1)).toBe(true);
});

test('a merge that was interrupted needs leave to go on, and so does nothing else', async () => {
  const lower = imageBytes({ mark: IN_USE });
  const merged = mergeDelta(sealed(lower), memorySource('upper', imageBytes()), { resume: true });
  await expect(merged).rejects.toThrow('written to');
  const upper = memorySource('upper', imageBytes({ mark: IN_USE }));
  await expect(mergeDelta(sealed(imageBytes()), upper, { resume: true })).rejects.toMatchObject({
    code: 'IMAGE_IN_USE',
  });
});

test('a merge that is called off has written nothing', async () => {
  const reason = new Error('enough');
  const signal = AbortSignal.abort(reason);
  const merged = mergeDelta(sealed(imageBytes()), memorySource('u', imageBytes()), { signal });
  await expect(merged).rejects.toBe(reason);
});

test.each([
  [{ version: 1 as const, size: sectors(2 ** 32) }],
  [{ version: 1 as const, size: sectors(0) }],
  [{ version: 2 as const, size: sectors(1.5) }],
  [{ version: 2 as const, size: sectors(2 ** 50) }],
  [{ version: 2 as const, size: sectors(100), blockSize: sectors(65) }],
])('there is no image of %o', (options) => {
  expect(() => createImage(options)).toThrow(expect.objectContaining({ code: 'IMAGE_IMPOSSIBLE' }));
});
