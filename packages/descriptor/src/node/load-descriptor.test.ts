import { execFileSync } from 'node:child_process';
import { mkdir, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { descriptorXml, temporaryDirectory } from '@ploop/test-kit';
import { expect, test } from 'vitest';

import { parseDescriptor } from '../parse.ts';
import { loadDescriptor, loadDescriptorSync } from './load-descriptor.ts';

const XML = descriptorXml([{}]);

test('a directory and the descriptor in it are the same disk', async () => {
  const directory = await temporaryDirectory();
  const path = join(directory, 'DiskDescriptor.xml');
  await writeFile(path, XML);
  const { graph, ...loaded } = await loadDescriptor(directory);
  expect(loaded).toMatchObject({ path, directory, accepted: true });
  expect(graph?.top?.image?.file).toBe(loaded.descriptor?.images[0]?.file);
  expect(await loadDescriptor(path)).toMatchObject(loaded);
  expect(loadDescriptorSync(path)).toMatchObject(loaded);
});

test('symlinks are followed, as relative image names start at the real place', async () => {
  const directory = await temporaryDirectory();
  const real = join(directory, 'real');
  await mkdir(real);
  await writeFile(join(real, 'DiskDescriptor.xml'), XML);
  await symlink(real, join(directory, 'link'));
  await symlink(join(real, 'DiskDescriptor.xml'), join(directory, 'link.xml'));
  for (const name of ['link', 'link.xml'])
    expect(await loadDescriptor(join(directory, name))).toMatchObject({ directory: real });
});

test.each([
  ['nothing', 'FILE_UNREADABLE'],
  ['empty', 'DESCRIPTOR_MISSING'],
  ['pipe', 'FILE_UNREADABLE'],
])('%s is unreadable, with a code and the cause', async (name, code) => {
  const directory = await temporaryDirectory();
  await mkdir(join(directory, 'empty'));
  execFileSync('mkfifo', [join(directory, 'pipe')]);
  const error = { code, cause: expect.any(Error) as unknown };
  const path = join(directory, name);
  await expect(loadDescriptor(path)).rejects.toMatchObject(error);
  expect(() => loadDescriptorSync(path)).toThrow(expect.objectContaining(error));
});

test('a bad document is loaded and said to be bad', async () => {
  const directory = await temporaryDirectory();
  await writeFile(join(directory, 'DiskDescriptor.xml'), '<a>');
  expect(await loadDescriptor(directory)).toMatchObject({
    accepted: false,
    diagnostics: [{ code: 'XML_SYNTAX' }],
  });
});

test('a file beyond the cap is not read whole', async () => {
  const directory = await temporaryDirectory();
  await writeFile(join(directory, 'DiskDescriptor.xml'), XML);
  expect(await loadDescriptor(directory, { maxBytes: 100 })).toMatchObject({
    diagnostics: [{ code: 'INPUT_TOO_LARGE', data: { bytes: XML.length, limit: 100 } }],
  });
});

test.each([Number.NaN, Number.POSITIVE_INFINITY, -1, 1.5])(
  '%d is not a size, and said to be none',
  async (maxBytes) => {
    const directory = await temporaryDirectory();
    await writeFile(join(directory, 'DiskDescriptor.xml'), XML);
    const finding = {
      code: 'OPTION_INVALID',
      data: { option: 'maxBytes', value: String(maxBytes) },
    };
    expect(await loadDescriptor(directory, { maxBytes })).toMatchObject({
      accepted: false,
      diagnostics: [finding],
    });
    expect(parseDescriptor(XML, { maxBytes })).toMatchObject({ diagnostics: [finding] });
  },
);
