import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import type { ReadAt } from '@ploop/descriptor/internal';
import { temporaryDirectory } from '@ploop/test-kit';
import { hasDiskPrograms } from '@ploop/test-kit/programs';
import { expect, test } from 'vitest';

import { openFileSystem, type FileSystem } from '../../src/index.ts';
import { canMount, makeSparse, mounted, sourceIn, withFileSystem } from './image.ts';
import { run, runOwn } from './programs.ts';

const INCOMPAT_AT = 1024 + 96;
const ROOT = 2;

/** The bytes of a file system with a directory, a file and symlinks. */
async function sound(...argv: readonly string[]): Promise<Uint8Array> {
  const directory = await temporaryDirectory();
  const source = sourceIn(directory);
  mkdirSync(join(source, 'dir'));
  writeFileSync(join(source, 'dir', 'file'), 'text');
  symlinkSync('/dir/../dir', join(source, 'link'));
  symlinkSync('loop', join(source, 'loop'));
  const image = join(directory, 'image');
  run('mke2fs', '-q', '-t', 'ext4', '-b', '1024', ...argv, '-d', source, image, '8M');
  return Uint8Array.from(readFileSync(image));
}

function opened(bytes: Uint8Array, options: object = {}): Promise<FileSystem> {
  const readAt: ReadAt = (target, position) => {
    const part = bytes.subarray(position, position + target.length);
    target.set(part);
    return Promise.resolve(part.length);
  };
  return openFileSystem(readAt, { size: bytes.length, ...options });
}

async function pathsOf(fileSystem: FileSystem): Promise<readonly string[]> {
  const paths: string[] = [];
  for await (const { path } of fileSystem.walk('/')) paths.push(path);
  return paths.toSorted();
}

const PATHS = ['/', '/dir', '/dir/file', '/link', '/loop', '/lost+found'];

test.skipIf(!canMount)('what the guest encrypts is refused, and the rest is read', async () => {
  const image = join(await temporaryDirectory(), 'image');
  await makeSparse(image, 32 * 2 ** 20);
  run('mke2fs', '-q', '-t', 'ext4', '-O', 'encrypt', image);
  mounted(image, 'rw', (root) => {
    runOwn('encrypt_tree.py', root);
    writeFileSync(join(root, 'plain'), 'text');
  });
  await withFileSystem(image, async (fileSystem) => {
    expect(await pathsOf(fileSystem)).toEqual(['/', '/lost+found', '/plain', '/secret']);
    expect(fileSystem.diagnostics()).toMatchObject([
      { code: 'ENTRY_ENCRYPTED', data: { type: 'directory' } },
    ]);
    expect((await fileSystem.stat('/secret')).flags).toEqual(['encrypted']);
    const listing = fileSystem.list('/secret').next();
    await expect(listing).rejects.toMatchObject({ code: 'ENTRY_ENCRYPTED' });
  });
});

test.skipIf(!hasDiskPrograms)('features that are not known are named', async () => {
  const bytes = await sound();
  const view = new DataView(bytes.buffer);
  view.setUint32(INCOMPAT_AT, view.getUint32(INCOMPAT_AT, true) | 0x40000001, true);
  await expect(opened(bytes)).rejects.toMatchObject({
    code: 'FEATURES_UNKNOWN',
    diagnostics: [{ data: { features: ['compression', '0x40000000'] } }],
  });
});

test.skipIf(!hasDiskPrograms)('what is not ext is refused', async () => {
  for (const size of [0, 1023, 2047, 65_536])
    await expect(opened(new Uint8Array(size))).rejects.toMatchObject({
      code: 'FILE_SYSTEM_UNKNOWN',
      diagnostics: [{ data: { size } }],
    });
});

test.skipIf(!hasDiskPrograms)('paths lead where Linux goes, and no further', async () => {
  const fileSystem = await opened(await sound());
  expect(await pathsOf(fileSystem)).toEqual(PATHS);
  const same = ['/dir/file', 'dir/file', '/link/file', '/../../dir/./file', '//dir//file'];
  const inodes = await Promise.all(same.map(async (path) => (await fileSystem.stat(path)).inode));
  expect(new Set(inodes).size).toBe(1);
  expect((await fileSystem.stat('/..')).inode).toBe(ROOT);
  expect(await fileSystem.readLink('/link')).toBe('/dir/../dir');
  await expect(fileSystem.open('/loop')).rejects.toMatchObject({ code: 'SYMLINK_LOOP' });
  await expect(fileSystem.open('/none')).rejects.toMatchObject({ code: 'PATH_MISSING' });
  await expect(fileSystem.open('/dir')).rejects.toMatchObject({ code: 'PATH_WRONG_TYPE' });
  await expect(fileSystem.stat('/dir/file/x')).rejects.toMatchObject({ code: 'PATH_WRONG_TYPE' });
});

test.skipIf(!hasDiskPrograms)(
  'a wrong checksum is a finding with its place, and all is read',
  async () => {
    const bytes = await sound();
    const { inode } = await (await opened(bytes)).stat('/dir/file');
    const table = bytes.length;
    const image = join(await temporaryDirectory(), 'image');
    writeFileSync(image, bytes);
    const place = run('debugfs', '-R', `imap <${String(inode)}>`, image);
    const [, block, offset] = /block (\d+), offset (0x\w+)/.exec(place) ?? [];
    const position = Number(block) * 1024 + Number(offset);
    expect(position).toBeLessThan(table);
    // A second of the time of modification.
    bytes[position + 16] = ~(bytes[position + 16] ?? 0);
    const fileSystem = await opened(bytes);
    expect(await pathsOf(fileSystem)).toEqual(PATHS);
    expect(fileSystem.diagnostics().map(({ code, data }) => ({ code, data }))).toEqual([
      { code: 'METADATA_CHECKSUM', data: { structure: 'inode', position, inode } },
    ]);
  },
);

test.skipIf(!hasDiskPrograms)('a disk that is cut off is read as far as it goes', async () => {
  const bytes = (await sound()).slice(0, 4 * 2 ** 20);
  const fileSystem = await opened(bytes);
  await pathsOf(fileSystem);
  expect(fileSystem.diagnostics()[0]).toMatchObject({
    code: 'FILE_SYSTEM_TRUNCATED',
    data: { size: 8 * 2 ** 20, length: 4 * 2 ** 20 },
  });
});

test.skipIf(!hasDiskPrograms)('a signal ends what is being read', async () => {
  const controller = new AbortController();
  const fileSystem = await opened(await sound(), { signal: controller.signal });
  controller.abort(new Error('enough'));
  await expect(fileSystem.stat('/dir/file')).rejects.toThrow('enough');
});
