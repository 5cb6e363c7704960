import { mkdirSync, readdirSync, readlinkSync, statSync } from 'node:fs';
import { chmod, mkdir, mkdtemp, realpath, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { temporaryDirectory } from '@ploop/test-kit';
import { expect, onTestFinished, test } from 'vitest';

import type { Diagnostic } from '../diagnostics/diagnostic.ts';
import { findDisks, type FindOptions } from './find-disks.ts';

const NAME = 'DiskDescriptor.xml';
const isRoot = process.getuid?.() === 0;

/** A tree with a descriptor in each of the directories. */
async function tree(...directories: readonly string[]): Promise<string> {
  const root = await temporaryDirectory();
  for (const directory of directories) {
    await mkdir(join(root, directory), { recursive: true });
    await writeFile(join(root, directory, NAME), '');
  }
  return root;
}

/** What is found, in order of the names, relative to the root; and what is reported. */
async function find(
  root: string,
  options: FindOptions = {},
): Promise<{ found: readonly string[]; findings: readonly Diagnostic[] }> {
  const found: string[] = [];
  const findings: Diagnostic[] = [];
  const onError = (finding: Diagnostic): void => void findings.push(finding);
  for await (const path of findDisks(root, { onError, ...options }))
    found.push(path.replace(`${root}/`, '').replace(`/${NAME}`, ''));
  return { found: found.sort(), findings };
}

function openDirectories(root: string): number {
  const targets = readdirSync('/proc/self/fd').map((fd) => {
    try {
      return readlinkSync(`/proc/self/fd/${fd}`);
    } catch {
      return '';
    }
  });
  return targets.filter((target) => target.startsWith(root)).length;
}

test('descriptors of all levels, each once', async () => {
  const root = await tree('.', 'a', 'a/b/c', 'd');
  await writeFile(join(root, 'a', 'other.xml'), '');
  await mkdir(join(root, 'e', NAME), { recursive: true });
  expect(await find(root)).toEqual({ found: [NAME, 'a', 'a/b/c', 'd'], findings: [] });
  expect(openDirectories(root)).toBe(0);
});

test.each([
  [0, [NAME]],
  [1, [NAME, 'a']],
  [2, [NAME, 'a', 'a/b']],
])('no deeper than %i', async (maxDepth, found) => {
  const root = await tree('.', 'a', 'a/b', 'a/b/c');
  expect((await find(root, { maxDepth })).found).toEqual(found);
});

test('symlinks are passed over, but the first directory may be one', async () => {
  const root = await tree('a');
  const links = await temporaryDirectory();
  await symlink(root, join(links, 'link'));
  await symlink(join(root, 'a', NAME), join(links, NAME));
  expect((await find(links)).found).toEqual([]);
  expect((await find(join(links, 'link'))).found).toEqual([join(root, 'a')]);
});

test('symlinks are followed where they are asked to be, loops and double ways once', async () => {
  const root = await tree('a/b', 'c');
  const outside = await tree('d');
  await symlink('..', join(root, 'a', 'up'));
  await symlink('.', join(root, 'self'));
  await symlink('c', join(root, 'again'));
  await symlink('nowhere', join(root, 'dangling'));
  await symlink(outside, join(root, 'outside'));
  await mkdir(join(root, 'link'));
  await symlink(join(root, 'c', NAME), join(root, 'link', NAME));
  await symlink('loop', join(root, 'loop'));
  const { found, findings } = await find(root, { followSymlinks: true, confine: false });
  expect(found).toEqual([join(outside, 'd'), 'a/b', 'c']);
  expect(findings).toMatchObject([{ data: { file: join(root, 'loop') } }]);
});

test('a symlink that leads outside is reported and not followed', async () => {
  const [root, outside] = [await tree('a'), await tree('d')];
  await symlink(outside, join(root, 'outside'));
  await mkdir(join(root, 'link'));
  await symlink(join(outside, 'd', NAME), join(root, 'link', NAME));
  const { found, findings } = await find(root, { followSymlinks: true });
  expect(found).toEqual(['a']);
  for (const file of [join(root, 'outside'), join(root, 'link', NAME)])
    expect(findings).toContainEqual(
      expect.objectContaining({ code: 'LINK_OUTSIDE', data: { file, within: root } }),
    );
  const all = await find(root, { followSymlinks: true, confine: join(root, '..') });
  expect(all.found).toHaveLength(2);
});

test('a directory that is first met too deep is looked into where it is met again', async () => {
  const root = await tree('a/b/c/d');
  for (const name of ['0', 'z']) await symlink(join(root, 'a/b/c'), join(root, name));
  expect((await find(root, { followSymlinks: true, maxDepth: 2 })).found).toEqual(['a/b/c/d']);
});

test.runIf(isRoot)('what cannot be read is reported, and the search goes on', async () => {
  const root = await tree('a', 'closed', 'z');
  await chmod(root, 0o755);
  await chmod(join(root, 'closed'), 0o700);
  process.seteuid?.(1000);
  onTestFinished(() => process.seteuid?.(0));
  expect(await find(root)).toMatchObject({
    found: ['a', 'z'],
    findings: [{ code: 'FILE_UNREADABLE', data: { file: join(root, 'closed') } }],
  });
  expect((await find(join(root, 'closed'))).findings).toHaveLength(1);
});

test('a first directory that is missing, or none, is reported', async () => {
  const root = await tree('a');
  for (const path of [join(root, 'b'), join(root, 'a', NAME)])
    expect(await find(path)).toMatchObject({ found: [], findings: [{ data: { file: path } }] });
});

test('directories whose names are not UTF-8 are reported, files are of no interest', async () => {
  const root = await tree('a');
  const odd = (name: string): Buffer =>
    Buffer.concat([Buffer.from(`${root}/${name}`), Buffer.of(0xff)]);
  await mkdir(odd('directory'));
  await writeFile(odd('file'), '');
  const { found, findings } = await find(root);
  expect(found).toEqual(['a']);
  expect(findings).toMatchObject([{ data: { reason: 'its name is not UTF-8' } }]);
});

test('5,000 directories; stopping early leaves nothing open', async () => {
  const root = await realpath(await tree('a'));
  for (let index = 0; index < 5_000; index += 1) mkdirSync(join(root, 'a', String(index)));
  for (let index = 0; index < 5_000; index += 100)
    await writeFile(join(root, 'a', String(index), NAME), '');
  expect((await find(root)).found).toHaveLength(51);
  for await (const path of findDisks(root)) {
    expect(path).toContain(NAME);
    expect(openDirectories(root)).toBeGreaterThan(0);
    break;
  }
  expect(openDirectories(root)).toBe(0);
});

test('an abort in the middle ends the search with its reason and closes everything', async () => {
  const root = await tree('a/b/c', 'd', 'e');
  const controller = new AbortController();
  const reason = new Error('enough');
  const seen: string[] = [];
  const search = async (): Promise<void> => {
    for await (const path of findDisks(root, { signal: controller.signal })) {
      seen.push(path);
      controller.abort(reason);
    }
  };
  await expect(search()).rejects.toBe(reason);
  expect(seen).toHaveLength(1);
  await expect(search()).rejects.toBe(reason);
  expect(openDirectories(root)).toBe(0);
});

test('what onError throws ends the search', async () => {
  const error = new Error('stop');
  const onError = (): never => {
    throw error;
  };
  await expect(find('/nowhere/at/all', { onError })).rejects.toBe(error);
});

const isOther = statSync('/dev/shm', { throwIfNoEntry: false })?.dev !== statSync('/dev').dev;

test.runIf(isOther && isRoot)(
  'a search stays on one file system where that is asked for',
  async () => {
    const directory = await mkdtemp('/dev/shm/ploop-test-');
    onTestFinished(() => rm(directory, { recursive: true }));
    await writeFile(join(directory, NAME), '');
    const found = async (oneFileSystem: boolean): Promise<boolean> => {
      for await (const path of findDisks('/dev', { maxDepth: 2, oneFileSystem }))
        if (path === join(directory, NAME)) return true;
      return false;
    };
    expect([await found(false), await found(true)]).toEqual([true, false]);
    // Where it begins is on its own.
    const own = [];
    for await (const path of findDisks(directory, { oneFileSystem: true })) own.push(path);
    expect(own).toEqual([join(directory, NAME)]);
  },
);
