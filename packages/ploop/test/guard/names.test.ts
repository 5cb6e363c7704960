import { execFileSync } from 'node:child_process';
import { cp, link, mkdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';

import { hasTool, temporaryDirectory } from '@ploop/test-kit';
import { describe, expect, test } from 'vitest';

import { createRunner, openDisk, type Disk } from '../../src/index.ts';
import { makeChain } from './disk.ts';
import { contents } from './model.ts';
import { BASE, MIDDLE, TOP } from './operations.ts';
import { ASKED } from '../asked.ts';

/** Ways to name the base of a disk a second time. */
const SPELLINGS: Readonly<Record<string, (directory: string) => Promise<string>>> = {
  absolute: (directory) => Promise.resolve(join(directory, 'd0')),
  'out and in again': () => Promise.resolve('../disk/d0'),
  'through a directory': async (directory) => {
    await mkdir(join(directory, 'sub'));
    return 'sub/../d0';
  },
  symlink: async (directory) => {
    await symlink('d0', join(directory, 'other'));
    return 'other';
  },
  'hard link': async (directory) => {
    await link(join(directory, 'd0'), join(directory, 'other'));
    return 'other';
  },
};

/** A chain whose top is its base under another name. */
async function sharedDisk(spell: (directory: string) => Promise<string>): Promise<string> {
  const directory = join(await temporaryDirectory(), 'disk');
  makeChain(directory);
  const path = join(directory, 'DiskDescriptor.xml');
  const text = await readFile(path, 'utf8');
  const name = await spell(directory);
  await writeFile(path, text.replace('<File>d2</File>', `<File>${name}</File>`));
  return directory;
}

/** Every mutation that removes or rewrites something. */
const MUTATIONS: Readonly<Record<string, (disk: Disk) => Promise<unknown>>> = {
  'delete the top': (disk) => disk.deleteSnapshot(TOP, { discardTop: true }),
  'delete the middle': (disk) => disk.deleteSnapshot(MIDDLE),
  'merge the top': (disk) => disk.mergeSnapshot(),
  'merge the middle': (disk) => disk.mergeSnapshot(MIDDLE),
  'switch to the base': (disk) => disk.switchSnapshot(BASE),
  'switch and keep': (disk) => disk.switchSnapshot(BASE, { keepOldTop: true }),
  snapshot: (disk) => disk.snapshot(),
  grow: (disk) => disk.grow(2 ** 24),
  convert: (disk) => disk.convert({ version: 2 }),
  mount: (disk) => disk.mount(),
};

describe.each(Object.entries(SPELLINGS))('a base that is named twice: %s', (_name, spell) => {
  test.each(Object.entries(MUTATIONS))('is not touched: %s', async (_mutation, mutate) => {
    const directory = await sharedDisk(spell);
    const before = await readFile(join(directory, 'd0'));
    const runner = createRunner(hasTool ? ASKED : { binary: 'no-such-ploop' });
    // Some releases resolve these names further up.
    const confine = dirname(directory);
    const failure = mutate(await openDisk(directory, { runner, confine }));
    await expect(failure).rejects.toMatchObject({
      code: 'REFUSED',
      reason: 'DISK_DAMAGED',
      diagnostics: [{ code: 'DELTA_SHARED', data: { other: BASE } }],
    });
    expect((await readFile(join(directory, 'd0'))).equals(before)).toBe(true);
  });
});

/** Two disks over one base, as `cp -al` makes them. */
async function linkedDisks(): Promise<{ readonly parent: string; readonly child: string }> {
  const root = await temporaryDirectory();
  const [parent, child] = [join(root, 'parent'), join(root, 'child')];
  makeChain(parent);
  execFileSync('cp', ['-al', parent, child]);
  return { parent, child };
}

/** Which images are written to in place, by mutation. */
const WRITING: Readonly<Record<string, (disk: Disk, allowLinked: boolean) => Promise<unknown>>> = {
  'merge the top': (disk, allowLinked) => disk.mergeSnapshot(undefined, { allowLinked }),
  'merge the middle': (disk, allowLinked) => disk.mergeSnapshot(MIDDLE, { allowLinked }),
  'delete the middle': (disk, allowLinked) => disk.deleteSnapshot(MIDDLE, { allowLinked }),
  grow: (disk, allowLinked) => disk.grow(2 ** 24, { allowLinked }),
  'convert the version': (disk, allowLinked) => disk.convert({ version: 1 }, { allowLinked }),
};
/** What works on names alone: the files of the other disk stay as they are. */
const HARMLESS: Readonly<Record<string, (disk: Disk) => Promise<unknown>>> = {
  'delete the top': (disk) => disk.deleteSnapshot(TOP, { discardTop: true }),
  'switch to the base': (disk) => disk.switchSnapshot(BASE),
  snapshot: (disk) => disk.snapshot(),
};

describe.skipIf(!hasTool)('images that another disk has as well', () => {
  test.each(Object.entries(WRITING))('are not written to: %s', async (_name, mutate) => {
    const { parent, child } = await linkedDisks();
    const before = contents(child);
    const disk = await openDisk(parent, { runner: createRunner(ASKED) });
    const linked = expect.objectContaining({ code: 'IMAGE_LINKED' }) as unknown;
    await expect(mutate(disk, false)).rejects.toMatchObject({
      code: 'REFUSED',
      reason: 'IMAGE_LINKED',
      diagnostics: expect.arrayContaining([linked]) as unknown,
    });
    expect(contents(child)).toEqual(before);
    await mutate(disk, true);
  });

  test.each(Object.entries(HARMLESS))('are left as they are: %s', async (_name, mutate) => {
    const { parent, child } = await linkedDisks();
    const before = contents(child);
    await mutate(await openDisk(parent, { runner: createRunner(ASKED) }));
    expect(contents(child)).toEqual(before);
  });

  test('a mount for writing is refused, one for reading is not', async () => {
    const { parent } = await linkedDisks();
    const disk = await openDisk(parent, { runner: createRunner(ASKED) });
    await expect(disk.mount()).rejects.toMatchObject({ reason: 'IMAGE_LINKED' });
    expect(await disk.plan.mount()).toMatchObject({
      refusals: [{ code: 'IMAGE_LINKED' }],
    });
    expect(await disk.plan.mount({ readonly: true })).toMatchObject({ outcome: 'called' });
    expect(await disk.plan.mount({ allowLinked: true })).toMatchObject({ outcome: 'called' });
  });

  test('a copy of its own takes the place of a linked image; a linked one does not', async () => {
    const { parent, child } = await linkedDisks();
    const before = contents(child);
    const disk = await openDisk(parent, { runner: createRunner(ASKED) });
    const copy = join(parent, 'copy');
    const replace = { target: { guid: BASE }, file: copy, keepName: true };
    await link(join(child, 'd0'), copy);
    await expect(disk.replace(replace)).rejects.toMatchObject({ reason: 'DISK_DAMAGED' });
    execFileSync('rm', [copy]);
    await cp(join(child, 'd0'), copy);
    await link(copy, join(child, 'spare'));
    await expect(disk.replace(replace)).rejects.toMatchObject({ reason: 'IMAGE_LINKED' });
    execFileSync('rm', [join(child, 'spare')]);
    await disk.replace(replace);
    // The middle is linked still, and merged into the base, which is not.
    await disk.mergeSnapshot(MIDDLE);
    expect(contents(child)).toEqual(before);
  });
});
