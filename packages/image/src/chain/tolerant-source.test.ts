import { diagnostic, DescriptorError, bytes } from '@ploop/descriptor';
import { expect, test } from 'vitest';

import { tolerantSource } from './tolerant-source.ts';

const failing = (error: Error) =>
  tolerantSource({ file: 'd0', bytes: bytes(8192), readAt: () => Promise.reject(error) }, 0);
const systemError = (code: string): Error => Object.assign(new Error(code), { code });

test('what the system cannot read is lost', async () => {
  const { source, unreadable } = failing(systemError('EIO'));
  expect(await source.readAt(new Uint8Array(8192), 0)).toBe(8192);
  expect(unreadable()).toEqual([[0, 8192]]);
});

test.each(['EMFILE', 'ENFILE'])('what was not opened for %s is not lost', async (code) => {
  const { source, unreadable } = failing(systemError(code));
  await expect(source.readAt(new Uint8Array(8192), 0)).rejects.toMatchObject({
    code: 'TOO_MANY_OPEN_FILES',
    diagnostics: [{ data: { file: 'd0', limit: code === 'EMFILE' ? 'process' : 'system' } }],
  });
  expect(unreadable()).toEqual([]);
});

test('what another file has taken the place of is not lost', async () => {
  const error = new DescriptorError([diagnostic('IMAGE_CHANGED', { file: 'd0' })]);
  const { source, unreadable } = failing(error);
  await expect(source.readAt(new Uint8Array(8192), 0)).rejects.toBe(error);
  expect(unreadable()).toEqual([]);
});
