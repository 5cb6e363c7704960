import { execFileSync } from 'node:child_process';
import {
  copyFile,
  link,
  mkdir,
  readFile,
  rename,
  rm,
  statfs,
  symlink,
  writeFile,
} from 'node:fs/promises';
import { join } from 'node:path';

import { DescriptorError } from '@ploop/descriptor';
import { testGuid } from '@ploop/test-kit';
import { mounted } from '@ploop/test-kit/loop';
import { describe, expect, test } from 'vitest';

import { openSnapshot, restoreBackup, type BackupSet } from '../../src/index.ts';
import { copiedBackup, treeOf, type Place } from './place.ts';

const NAME = 'DiskDescriptor.xml';

type Plant = (place: Place) => Promise<unknown> | undefined;

const inTarget =
  (name: string, plant: (path: string, place: Place) => unknown): Plant =>
  async (place) => {
    const path = join(place.target, name);
    await rm(path, { force: true });
    await plant(path, place);
  };

const fifo = (path: string): Buffer => execFileSync('mkfifo', [path]);

/** What is in the target beside the copies, and what becomes of a restore without and with `overwrite`. */
const TARGETS: Readonly<Record<string, readonly [Plant, without: string, overwriting: string]>> = {
  nothing: [() => undefined, 'restored', 'restored'],
  'a directory that is a symlink': [
    async ({ root, target }) => {
      await rename(target, join(root, 'elsewhere'));
      await symlink('elsewhere', target);
    },
    ...(['restored', 'restored'] as const),
  ],
  'a descriptor': [
    inTarget(NAME, (path) => writeFile(path, 'old')),
    ...(['FILE_UNWRITABLE', 'restored'] as const),
  ],
  'a symlink in the place of the descriptor': [
    inTarget(NAME, (path, { precious }) => symlink(precious, path)),
    ...(['FILE_UNWRITABLE', 'restored'] as const),
  ],
  'a dangling symlink in the place of the descriptor': [
    inTarget(NAME, (path) => symlink('../not-there', path)),
    ...(['FILE_UNWRITABLE', 'restored'] as const),
  ],
  'a hard link in the place of the descriptor': [
    inTarget(NAME, (path, { precious }) => link(precious, path)),
    ...(['FILE_UNWRITABLE', 'restored'] as const),
  ],
  'a FIFO in the place of the descriptor': [
    inTarget(NAME, fifo),
    ...(['FILE_UNWRITABLE', 'restored'] as const),
  ],
  'a directory in the place of the descriptor': [
    inTarget(NAME, (path) => mkdir(path)),
    ...(['FILE_UNWRITABLE', 'FILE_UNWRITABLE'] as const),
  ],
  'names of temporary files': [
    async ({ target }) => {
      const names = ['.tmp', '.lck', '.restore', '.vol.tmp'].map((suffix) => NAME + suffix);
      for (const name of [...names, '.ploop-save-0000000000000000', 'diskdescriptor.XML'])
        await writeFile(join(target, name), 'precious');
    },
    ...(['restored', 'restored'] as const),
  ],
  'a symlink that leads out, for an image': [
    inTarget('d1', (path) => symlink('../disk/d1', path)),
    ...(['DELTA_OUTSIDE', 'DELTA_OUTSIDE'] as const),
  ],
  'a dangling symlink for an image': [
    inTarget('d1', (path) => symlink('not-there', path)),
    ...(['DELTA_MISSING', 'DELTA_MISSING'] as const),
  ],
  'a symlink to the other image': [
    inTarget('d1', (path) => symlink('d0', path)),
    ...(['DELTA_SHARED', 'DELTA_SHARED'] as const),
  ],
  'a hard link of the other image': [
    inTarget('d1', (path, { target }) => link(join(target, 'd0'), path)),
    ...(['DELTA_SHARED', 'DELTA_SHARED'] as const),
  ],
  'a hard link to an image of the disk, as rsync --link-dest makes them': [
    inTarget('d0', (path, { disk }) => link(join(disk, 'd0'), path)),
    ...(['restored', 'restored'] as const),
  ],
  'a FIFO for an image': [
    inTarget('d1', fifo),
    ...(['FILE_UNREADABLE', 'FILE_UNREADABLE'] as const),
  ],
  'a directory for an image': [
    inTarget('d1', (path) => mkdir(path)),
    ...(['FILE_UNREADABLE', 'FILE_UNREADABLE'] as const),
  ],
  'another file for an image': [
    inTarget('d1', (path, { precious }) => copyFile(precious, path)),
    ...(['BACKUP_DIFFERS', 'BACKUP_DIFFERS'] as const),
  ],
};

async function attempt(work: Promise<void>): Promise<string> {
  try {
    await work;
    return 'restored';
  } catch (error) {
    if (!(error instanceof DescriptorError)) throw error;
    expect(error.message).toContain('target');
    return error.code;
  }
}

/** Restores: exactly the descriptor is new, or nothing has changed. */
async function restore(
  { root, disk, target, set }: Place,
  options: Parameters<typeof restoreBackup>[2],
): Promise<string> {
  const before = await treeOf(root);
  const outcome = await attempt(restoreBackup(target, set, options));
  const after = await treeOf(root);
  if (outcome !== 'restored') {
    expect(after).toEqual(before);
    return outcome;
  }
  const written = Object.keys(after).filter(
    (name) => name.endsWith(`/${NAME}`) && !name.startsWith('disk/'),
  );
  const others = (tree: typeof after): readonly (readonly string[])[] =>
    Object.entries(tree).filter(([name]) => !written.includes(name));
  expect(written).toHaveLength(1);
  expect(others(after)).toEqual(others(before));
  expect(await readFile(join(target, NAME), 'utf8')).toBe(set.descriptor);
  const [restored, source] = [await openSnapshot(target), await openSnapshot(disk, testGuid(1))];
  expect(await restored.hash()).toBe(await source.hash());
  await restored.close();
  await source.close();
  return outcome;
}

describe.each([false, true])('with overwrite: %s', (overwrite) => {
  test.each(Object.entries(TARGETS))('%s', async (_, [plant, without, overwriting]) => {
    const place = await copiedBackup();
    await plant(place);
    expect(await restore(place, { overwrite })).toBe(overwrite ? overwriting : without);
  });

  test('a full disk', async ({ skip }) => {
    const place = await copiedBackup();
    const files = await Promise.all(
      place.set.files.map(
        async ({ name }) => [name, await readFile(join(place.target, name))] as const,
      ),
    );
    if (mounted('-t', 'tmpfs', '-o', 'size=400k', 'tmpfs', place.target) !== undefined) skip();
    for (const [name, bytes] of files) await writeFile(join(place.target, name), bytes);
    const { bavail, bsize } = await statfs(place.target);
    await writeFile(join(place.target, 'ballast'), Buffer.alloc(bavail * bsize, 1));
    expect(await restore(place, { overwrite })).toBe('FILE_UNWRITABLE');
    await rm(join(place.target, 'ballast'));
    expect(await restore(place, { overwrite })).toBe('restored');
  });

  test('an abort at any moment changes nothing, or comes too late', async () => {
    const place = await copiedBackup();
    const reason = new Error('enough');
    for (let turns = 0; turns < 24; turns += 1) {
      const stop = new AbortController();
      const ending = async (): Promise<void> => {
        for (let turn = 0; turn < turns; turn += 1)
          await new Promise((resolve) => setImmediate(resolve));
        stop.abort(reason);
      };
      const before = await treeOf(place.root);
      const options = { overwrite, signal: stop.signal };
      const [result] = await Promise.allSettled([
        restoreBackup(place.target, place.set, options),
        ending(),
      ]);
      if (result.status === 'rejected') {
        expect(result.reason).toBe(reason);
        expect(await treeOf(place.root)).toEqual(before);
      } else await rm(join(place.target, NAME));
    }
  });
});

test('the descriptor of the disk that was backed up is not replaced', async () => {
  const place = await copiedBackup();
  const { root, disk, set } = place;
  const before = await treeOf(root);
  await expect(restoreBackup(disk, set, { overwrite: true })).rejects.toMatchObject({
    code: 'FILE_UNWRITABLE',
    message: expect.stringContaining('1 images that are not in the backup') as string,
  });
  expect(await treeOf(root)).toEqual(before);
});

/** A set whose files have other names, also in its descriptor. */
function renamed(set: BackupSet, names: readonly string[]): BackupSet {
  const files = set.files.map((file, index) => ({ ...file, name: names[index] ?? file.name }));
  const descriptor = files.reduce(
    (xml, { name }, index) => xml.replace(`>${set.files[index]?.name ?? ''}<`, () => `>${name}<`),
    set.descriptor,
  );
  return { ...set, files, descriptor };
}

const NAMES = [
  ['.ploop-save-0000000000000000'],
  ['.PLOOP-export'],
  ...['', '.lck', '.tmp', '.tmp.tmp', '.vol.tmp', '.TMP'].map((suffix) => [NAME + suffix]),
  ['diskdescriptor.XML'],
  ['Di\u017fkDescriptor.xml'],
  ['Disk\u200dDescriptor.xml'],
  ['a\u00adb', 'AB'],
  ['D1', 'd1'],
  ['stra\u00dfe', 'STRASSE'],
  ['\u00e9', 'e\u0301'],
  ['same', 'same'],
  ['../d0'],
  ['/etc/passwd'],
  ['a/b'],
  ['.'],
  ['..'],
  [''],
  ['a\0b'],
  ['\ud800'],
] as const;

const other = (from: string | RegExp, to: string) => (set: BackupSet) => ({
  ...set,
  descriptor: set.descriptor.replace(from, to),
});

const SETS: Readonly<Record<string, (set: BackupSet) => BackupSet>> = {
  ...Object.fromEntries(
    NAMES.map((names) => [`names ${JSON.stringify(names)}`, (set) => renamed(set, names)]),
  ),
  'a parent volume': other('<Storage>', '<Volume><Parent>../disk</Parent></Volume><Storage>'),
  'another file': other('>d1<', '>../disk/d2<'),
  'another top': other(/<TopGUID>.*?<\/TopGUID>/, `<TopGUID>${testGuid(0)}</TopGUID>`),
  'an order that is not that of the chain': (set) => ({
    ...other(/(<Image>.*?<\/Image>)(\s*)(<Image>.*?<\/Image>)/s, '$3$2$1')(set),
    files: [...set.files].reverse(),
  }),
  'a shot without a file': other(
    '</Snapshots>',
    `<Shot><GUID>${testGuid(7)}</GUID><ParentGUID>${testGuid(0)}</ParentGUID></Shot></Snapshots>`,
  ),
};

test.each(Object.entries(SETS))('a set with %s is refused', async (_, change) => {
  const { root, target, set } = await copiedBackup();
  const before = await treeOf(root);
  const hostile = change(set);
  expect(hostile).not.toEqual(set);
  for (const overwrite of [false, true])
    await expect(restoreBackup(target, hostile, { overwrite })).rejects.toMatchObject({
      code: 'BACKUP_INVALID',
    });
  expect(await treeOf(root)).toEqual(before);
});
