import { execFile } from 'node:child_process';
import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

import { bytes, NIL_GUID, parseGuid } from '@ploop/descriptor';
import { VOLUME_HARM } from '@ploop/descriptor/releases';
import { descriptorXml, temporaryDirectory, testGuid } from '@ploop/test-kit';
import { beforeEach, expect, test } from 'vitest';

import type { GuardContext } from '../command.ts';
import { commands } from '../commands/index.ts';
import { seeLocally } from '../effect/disk-view.ts';
import type { Refusal } from '../errors/refusals.ts';
import { localExec } from '../exec/exec.ts';
import type { Release } from '../release/release.ts';
import { lookLocally } from '../tool/files.ts';

const run = promisify(execFile);
const guid = parseGuid(testGuid(1)) ?? NIL_GUID;
const SNAPSHOT = '<Volume><ReadOnly>1</ReadOnly></Volume>';
const LAST: Release = { from: '9.0.30', to: '9.0.30' };
const CHILD = '<Volume><Parent>../s</Parent><SnapshotGUID>x</SnapshotGUID></Volume>';

let parent: string;
const at = (name: string): string => join(parent, name);

/** A directory as `ploop volume` makes it. */
async function volume(
  name: string,
  content: string,
  { file = 'image.hds', children = [] as readonly string[], type = 'Compressed' } = {},
): Promise<string> {
  await mkdir(join(at(name), 'children'), { recursive: true });
  const xml = descriptorXml([{ file }]).replace('<Storage>', `${content}<Storage>`);
  await writeFile(join(at(name), 'DiskDescriptor.xml'), xml.replace('Compressed', type));
  if (!file.includes('/')) await writeFile(join(at(name), file), '');
  for (const child of children) await writeFile(join(at(name), 'children', child), '');
  return at(name);
}

/** Why a guard refuses, or `undefined`; other reasons of guards need the tool, which is not asked here. */
async function refusal(
  method: keyof typeof commands,
  input: object,
  release?: Release,
  failing?: string,
): Promise<Refusal | undefined> {
  const context: GuardContext = {
    release: () => Promise.resolve(release),
    look: lookLocally,
    see: seeLocally(localExec, {}),
    ask: async (file, ...argv) => {
      if (file === failing) return undefined;
      return run(file, argv).then(
        ({ stdout }) => stdout,
        () => undefined,
      );
    },
    run: () => Promise.reject(new Error('begun')),
  };
  const command = commands[method] as {
    guard?: (input: object, context: GuardContext) => Promise<void>;
  };
  try {
    await command.guard?.(input, context);
  } catch (error) {
    return (error as { readonly reason?: Refusal }).reason;
  }
  return undefined;
}

beforeEach(async () => {
  parent = await temporaryDirectory();
});

const MIB = bytes(2 ** 20);
const DISK_COMMANDS = [
  ['convert', { format: 'raw' }, 'any'],
  ['convert', { version: 1 }, 'any'],
  ['encrypt', { key: 'none' }, 'any'],
  ['replace', { guid, replacement: '/r' }, 'any'],
  ['snapshotDelete', { guid }, 'any'],
  ['snapshotMerge', {}, 'any'],
  ['snapshotSwitch', { guid }, 'any'],
  ['fscheck', {}, 'any'],
  ['grow', { size: MIB }, 'snapshots'],
  ['mount', {}, 'snapshots'],
  ['resize', { size: MIB }, 'snapshots'],
  ['snapshot', {}, 'snapshots'],
  ['tsnapshot', { guid, component: 'c' }, 'any'],
] as const;

test.each(DISK_COMMANDS)('%s %j does not harm %s volumes', async (method, given, harmed) => {
  const on = async (directory: string): Promise<Refusal | undefined> =>
    refusal(method, { descriptor: join(directory, 'DiskDescriptor.xml'), ...given }, LAST);
  expect(await on(await volume('s', SNAPSHOT))).toBe('VOLUME_HAS_CHILDREN');
  const [child, base] = harmed === 'any' ? ['DISK_IS_VOLUME', 'VOLUME_HAS_CHILDREN'] : [];
  expect(await on(await volume('a', CHILD))).toBe(child);
  expect(await on(await volume('b', '<Volume/>', { children: ['c'] }))).toBe(base);
  expect(await on(await volume('n', '<Volume/>'))).toBeUndefined();
  expect(await on(await volume('d', ''))).toBeUndefined();
});

test('each subcommand that harms volumes is refused above', () => {
  const subcommands = DISK_COMMANDS.map(([method]) => commands[method].name);
  expect([...new Set(subcommands)].sort()).toEqual(Object.keys(VOLUME_HARM).sort());
});

test('a snapshot volume is mounted readonly', async () => {
  const descriptor = join(await volume('s', SNAPSHOT), 'DiskDescriptor.xml');
  expect(await refusal('mount', { descriptor, readonly: true })).toBeUndefined();
});

test('what is in a comment is not a volume', async () => {
  const descriptor = join(await volume('a', `<!-- ${CHILD} -->`), 'DiskDescriptor.xml');
  expect(await refusal('snapshotMerge', { descriptor })).toBeUndefined();
});

test.each<[string, string, Parameters<typeof volume>[2], Refusal | undefined]>([
  [
    'a snapshot that one volume continues from',
    SNAPSHOT,
    { file: '../a/i', children: ['a'] },
    undefined,
  ],
  ['one that nothing continues from', SNAPSHOT, { file: '../a/i' }, undefined],
  [
    'one that two continue from',
    SNAPSHOT,
    { file: '../a/i', children: ['a', 'b'] },
    'VOLUME_HAS_CHILDREN',
  ],
  ['one whose image is in its own directory', SNAPSHOT, { children: ['a'] }, 'VOLUME_HAS_CHILDREN'],
  ['a volume with a clone', CHILD, { children: ['c'] }, 'VOLUME_HAS_CHILDREN'],
  ['a volume', CHILD, {}, undefined],
])('delete: %s', async (_name, content, more, reason) => {
  const directory = await volume('v', content, more);
  await writeFile(join(directory, 'DiskDescriptor.xml.lck'), '');
  expect(await refusal('volumeDelete', { volume: directory })).toBe(reason);
});

test('delete: names are compared without their escapes', async () => {
  const directory = await volume('v', CHILD, { file: 'a&#x26;b&amp;' });
  await rename(join(directory, 'a&#x26;b&amp;'), join(directory, 'a&b&'));
  expect(await refusal('volumeDelete', { volume: directory })).toBeUndefined();
});

test('delete: a directory with images of snapshots is kept', async () => {
  const directory = await volume('v', CHILD);
  await writeFile(join(directory, `image.hds.${testGuid(1)}`), '');
  expect(await refusal('volumeDelete', { volume: directory })).toBe('VOLUME_HOLDS_IMAGES');
});

test('delete: a raw base is merged by releases up to 7', async () => {
  const raw = { file: '../a/i', children: ['a'], type: 'Plain' };
  const directory = await volume('s', SNAPSHOT, raw);
  const by = (from: NonNullable<Release['from']>): Promise<Refusal | undefined> =>
    refusal('volumeDelete', { volume: directory }, { from, to: from });
  expect(await by('7.0.280')).toBeUndefined();
  expect(await by('9.0.30')).toBe('RELEASE_UNFIT');
  expect(await by('8.0.14')).toBe('RELEASE_UNFIT');
});

test('switch: from a volume that none continues from, to a snapshot', async () => {
  const from = await volume('a', CHILD);
  expect(await refusal('volumeSwitch', { from, to: await volume('s', SNAPSHOT) })).toBeUndefined();
  expect(await refusal('volumeSwitch', { from, to: await volume('b', '<Volume/>') })).toBe(
    'VOLUME_IS_WRITABLE',
  );
  const base = await volume('c', CHILD, { children: ['d'] });
  for (const other of [base, at('s')])
    expect(await refusal('volumeSwitch', { from: other, to: at('s') })).toBe('VOLUME_HAS_CHILDREN');
});

test('snapshot: of a volume that none continues from, in a release that takes it', async () => {
  const target = at('t');
  const of = (source: string, release?: Release): Promise<Refusal | undefined> =>
    refusal('volumeSnapshot', { source, target }, release);
  const source = await volume('a', CHILD);
  expect(await of(source)).toBeUndefined();
  expect(await of(await volume('s', SNAPSHOT))).toBe('VOLUME_HAS_CHILDREN');
  expect(await of(await volume('b', CHILD, { children: ['c'] }))).toBe('VOLUME_HAS_CHILDREN');
  expect(await of(source, { from: '8.0.75', to: '8.0.75' })).toBe('RELEASE_UNFIT');
  expect(await of(source, { from: '8.0.87', to: '8.0.97' })).toBe('RELEASE_UNFIT');
  // No text tells 8.0.99 and 9.0.1 to 9.0.4 apart: this is what is found for each of them.
  expect(await of(source, { from: '8.0.98', to: '9.0.5' })).toBeUndefined();
});

test('the image of a clone is not a disk by itself', async () => {
  const image = at(`${testGuid(1)}.hds`);
  await writeFile(image, '');
  const input = { directory: parent, image };
  expect(await refusal('restoreDescriptor', input)).toBe('IMAGE_IS_DELTA');
  expect(await refusal('restoreDescriptor', { ...input, image: `${image}.${testGuid(2)}` })).toBe(
    'IMAGE_IS_DELTA',
  );
});

test.each(DISK_COMMANDS)(
  '%s %j: what continues from a volume must be listed',
  async (method, given) => {
    const descriptor = join(await volume('b', '<Volume/>'), 'DiskDescriptor.xml');
    expect(await refusal(method, { descriptor, ...given }, LAST, 'ls')).toBe('PATH_INVALID');
  },
);

test('a directory that cannot be listed is not deleted, and no base of it restored', async () => {
  const directory = await volume('v', CHILD);
  await rm(join(directory, 'children'), { recursive: true });
  expect(await refusal('volumeDelete', { volume: directory }, LAST, 'ls')).toBe('PATH_INVALID');
  const input = { directory: parent, image: join(directory, 'image.hds') };
  expect(await refusal('restoreDescriptor', input, LAST, 'ls')).toBe('PATH_INVALID');
  expect(await refusal('restoreDescriptor', input, LAST)).toBeUndefined();
  const absent = { directory: parent, image: join(parent, 'absent', 'image.hds') };
  expect(await refusal('restoreDescriptor', absent, LAST, 'ls')).toBeUndefined();
});
