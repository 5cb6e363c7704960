import { execFileSync } from 'node:child_process';
import {
  chmod,
  chown,
  link,
  lstat,
  mkdir,
  readFile,
  readdir,
  rename,
  symlink,
  truncate,
  unlink,
  writeFile,
} from 'node:fs/promises';
import { join } from 'node:path';

import { descriptorXml, imageBytes, temporaryDirectory } from '@ploop/test-kit';
import { expect, test } from 'vitest';

import { openSnapshot, type Snapshot } from '../snapshot/open-snapshot.ts';
import { exportSnapshot } from './export-snapshot.ts';

const isRoot = process.getuid?.() === 0;
const OTHER_USER = 1000;
const CLUSTERS = 64;
const PART = 'out.raw.part';
const RECORD = 'out.raw.part.json';

interface Subject {
  readonly snapshot: Snapshot;
  /** Where it is exported to: a directory that others can write to as well. */
  readonly shared: string;
  readonly target: string;
}

/** A disk, and what an export that was stopped has left of it. */
async function interrupted(): Promise<Subject> {
  const directory = await temporaryDirectory();
  const shared = join(directory, 'shared');
  await mkdir(shared);
  await chmod(shared, 0o1777);
  const bat = Array.from({ length: CLUSTERS }, (_, index) => index + 1);
  await writeFile(join(directory, 'd0'), imageBytes({ clusters: CLUSTERS }, bat));
  const xml = descriptorXml([{}], { blockSize: '64' });
  await writeFile(join(directory, 'DiskDescriptor.xml'), xml);
  const snapshot = await openSnapshot(directory);
  const target = join(shared, 'out.raw');
  const stop = new AbortController();
  const progress = (): void => {
    stop.abort(new Error('enough'));
  };
  const exported = exportSnapshot(snapshot, target, { signal: stop.signal, progress });
  await expect(exported).rejects.toThrow('enough');
  return { snapshot, shared, target };
}

interface Planting {
  readonly how: string;
  readonly needsRoot?: boolean;
  readonly plant: (path: string) => Promise<void>;
  readonly reason: RegExp;
}

/** What somebody who can write to the directory can put in the place of a file, keeping what it says. */
const PLANTINGS: readonly Planting[] = [
  {
    how: 'belongs to somebody else',
    needsRoot: true,
    plant: (path) => chown(path, OTHER_USER, OTHER_USER),
    reason: /belongs to user 1000/,
  },
  {
    how: 'has a second name',
    plant: (path) => link(path, `${path}.kept`),
    reason: /has 2 names/,
  },
  ...[0o660, 0o606, 0o622].map((mode) => ({
    how: `has mode ${mode.toString(8)}`,
    plant: (path: string) => chmod(path, mode),
    reason: /can be written by other users/,
  })),
  {
    how: 'is a symlink to itself elsewhere',
    plant: async (path) => {
      await rename(path, `${path}.kept`);
      await symlink(`${path}.kept`, path);
    },
    reason: /is a symlink/,
  },
  {
    how: 'is a symlink to an endless device',
    plant: async (path) => {
      await unlink(path);
      await symlink('/dev/zero', path);
    },
    reason: /is a symlink/,
  },
  {
    how: 'is a pipe',
    plant: async (path) => {
      await unlink(path);
      execFileSync('mkfifo', ['-m', '600', path]);
    },
    reason: /is not a regular file/,
  },
  {
    how: 'is a directory',
    plant: async (path) => {
      await unlink(path);
      await mkdir(path);
    },
    reason: /EISDIR/,
  },
];

/** All that is in a directory: what is there is to stay as it is. */
async function stateOf(directory: string): Promise<unknown> {
  const names = (await readdir(directory)).sort();
  return Promise.all(
    names.map(async (name) => {
      const { ino, mode, nlink, uid, size, mtimeMs } = await lstat(join(directory, name));
      return { name, ino, mode, nlink, uid, size, mtimeMs };
    }),
  );
}

const CASES = [PART, RECORD].flatMap((name) =>
  PLANTINGS.filter(({ needsRoot }) => isRoot || needsRoot !== true).map(
    (planting) => [name, planting.how, planting] as const,
  ),
);

test.each(CASES)(
  '%s is left alone and not taken up if it %s',
  async (name, _how, { plant, reason }) => {
    const { snapshot, shared, target } = await interrupted();
    await plant(join(shared, name));
    const before = await stateOf(shared);
    for (const overwrite of [false, true])
      await expect(exportSnapshot(snapshot, target, { overwrite })).rejects.toMatchObject({
        code: 'EXPORT_PART_FOREIGN',
        message: expect.stringMatching(reason) as unknown,
        diagnostics: { length: 1 },
      });
    expect(await stateOf(shared)).toEqual(before);
    await snapshot.close();
  },
);

test.each(['{"precious": true}', 'x', `{"format":"ploop-export"${' '.repeat(5000)}}`])(
  'a file with the name of a record that is not one is left alone: case %#',
  async (content) => {
    const { snapshot, shared, target } = await interrupted();
    await unlink(join(shared, PART));
    await writeFile(join(shared, RECORD), content);
    await expect(exportSnapshot(snapshot, target)).rejects.toMatchObject({
      code: 'EXPORT_PART_FOREIGN',
    });
    expect(await readdir(shared)).toEqual([RECORD]);
    expect(await readFile(join(shared, RECORD), 'utf8')).toBe(content);
    await snapshot.close();
  },
);

test('an empty record says nothing of an unfinished file that stores data', async () => {
  const { snapshot, shared, target } = await interrupted();
  await truncate(join(shared, RECORD), 0);
  const before = await stateOf(shared);
  for (const overwrite of [false, true])
    await expect(exportSnapshot(snapshot, target, { overwrite })).rejects.toMatchObject({
      code: 'EXPORT_PART_FOREIGN',
      diagnostics: [{ data: { file: join(shared, PART) } }],
    });
  expect(await stateOf(shared)).toEqual(before);
  await snapshot.close();
});

test.each([[[PART]], [[]]])(
  'an empty record goes if nothing is lost with it: beside it %j',
  async (beside) => {
    const { snapshot, shared, target } = await interrupted();
    await truncate(join(shared, RECORD), 0);
    await truncate(join(shared, PART), 0);
    if (beside.length === 0) await unlink(join(shared, PART));
    expect(await exportSnapshot(snapshot, target)).toMatchObject({ resumedAt: 0 });
    expect(await readdir(shared)).toEqual(['out.raw']);
    await snapshot.close();
  },
);

test('a record of gigabytes is not read', async () => {
  const { snapshot, shared, target } = await interrupted();
  await truncate(join(shared, RECORD), 2 ** 32);
  const before = process.memoryUsage.rss();
  await expect(exportSnapshot(snapshot, target)).rejects.toMatchObject({
    code: 'EXPORT_PART_FOREIGN',
  });
  expect(process.memoryUsage.rss() - before).toBeLessThan(64 << 20);
  await snapshot.close();
});

test('what nobody has touched is taken up, and nothing is left beside the target', async () => {
  const { snapshot, shared, target } = await interrupted();
  const { resumedAt } = await exportSnapshot(snapshot, target);
  expect(resumedAt).toBeGreaterThan(0);
  expect(await readdir(shared)).toEqual(['out.raw']);
  await snapshot.close();
});

test('an unfinished file of another size is begun anew', async () => {
  const { snapshot, shared, target } = await interrupted();
  await truncate(join(shared, PART), 1);
  expect(await exportSnapshot(snapshot, target)).toMatchObject({ resumedAt: 0 });
  expect(await readdir(shared)).toEqual(['out.raw']);
  await snapshot.close();
});

test.each([
  ['out.raw.part.unreadable.json', { salvage: false }],
  ['out.raw.part.unreadable.json.tmp', { salvage: false }],
  ['out.raw.part.unreadable.json.tmp', { salvage: true }],
  ['out.raw.lost.json', { salvage: false }],
  ['out.raw.lost.json.tmp', { salvage: true }],
])('%s of somebody else is left alone: %o', async (name, options) => {
  const { snapshot, shared, target } = await interrupted();
  for (const before of [[PART, RECORD], []]) {
    for (const file of before) await unlink(join(shared, file));
    await writeFile(join(shared, name), 'my notes');
    await exportSnapshot(snapshot, target, { ...options, overwrite: true });
    expect((await readdir(shared)).sort()).toEqual(['out.raw', name]);
    expect(await readFile(join(shared, name), 'utf8')).toBe('my notes');
  }
  await snapshot.close();
});

test('a salvage refuses a list of what could not be read that is something else', async () => {
  const { snapshot, shared, target } = await interrupted();
  await unlink(join(shared, PART));
  await unlink(join(shared, RECORD));
  const name = 'out.raw.part.unreadable.json';
  await writeFile(join(shared, name), 'my notes');
  await expect(exportSnapshot(snapshot, target, { salvage: true })).rejects.toMatchObject({
    code: 'EXPORT_PART_FOREIGN',
    diagnostics: [{ data: { file: join(shared, name) } }],
  });
  expect(await readdir(shared)).toEqual([name]);
  expect(await readFile(join(shared, name), 'utf8')).toBe('my notes');
  await snapshot.close();
});
