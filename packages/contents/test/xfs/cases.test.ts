import { copyFileSync, truncateSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { join } from 'node:path';

import { temporaryDirectory } from '@ploop/test-kit';
import { hasDiskPrograms } from '@ploop/test-kit/programs';
import { expect, test } from 'vitest';

import { canMount, makeSparse, mounted, withFileSystem } from '../ext/image.ts';
import { run } from '../ext/programs.ts';
import { filled, inDb, madeXfs } from './image.ts';

const SECTOR = 512;
const MIB = 2 ** 20;

const findingsOf = async (image: string): Promise<readonly unknown[]> =>
  withFileSystem(image, (fileSystem) =>
    Promise.resolve(fileSystem.diagnostics().map(({ code, data }) => [code, data])),
  );

test.skipIf(!canMount)('a log has to end with an unmount', async () => {
  const image = await madeXfs('-s', 'size=4096');
  expect(await findingsOf(image)).toEqual([]);
  const copy = `${image}.copy`;
  mounted(
    image,
    'rw',
    (root) => {
      copyFileSync(import.meta.filename, join(root, 'file'));
      run('sync', '--file-system', root);
      copyFileSync(image, copy);
    },
    'xfs',
  );
  expect(await findingsOf(copy)).toEqual([['LOG_NOT_REPLAYED', { state: 'dirty' }]]);
  expect(await findingsOf(image)).toEqual([]);
  inDb(image, 'logformat -c 9');
  expect(await findingsOf(image)).toEqual([]);
});

test.skipIf(!hasDiskPrograms)('a log elsewhere, or without an end, may be needed', async () => {
  const log = join(await temporaryDirectory(), 'log');
  await makeSparse(log, 64 * MIB);
  const external = await madeXfs('-l', `logdev=${log},size=64m`);
  expect(await findingsOf(external)).toEqual([['LOG_NOT_REPLAYED', { state: 'external' }]]);
  const lost = await madeXfs();
  const start = /logstart = (\d+)/.exec(inDb(lost, 'sb 0', 'print logstart'))?.[1] ?? '';
  await overwrite(lost, placeIn(lost, `fsblock ${start}`), new Uint8Array(MIB));
  expect(await findingsOf(lost)).toEqual([['LOG_NOT_REPLAYED', { state: 'unreadable' }]]);
});

test.skipIf(!hasDiskPrograms)('features that are not known are refused by name', async () => {
  const image = await madeXfs();
  inDb(image, 'sb 0', 'write -d features_incompat 0x10b');
  const refused = { code: 'FEATURES_UNKNOWN', data: { family: 'xfs', features: ['metadir'] } };
  await expect(findingsOf(image)).rejects.toMatchObject({ diagnostics: [refused] });
});

test.skipIf(!hasDiskPrograms)('a repair that did not end is reported', async () => {
  const image = await madeXfs();
  inDb(image, 'sb 0', 'write features_incompat 0x1b');
  expect(await findingsOf(image)).toMatchObject([
    ['SUPERBLOCK_DAMAGED', { field: 'state: a repair did not end' }],
  ]);
});

test.skipIf(!canMount)('files on a realtime device are refused', async () => {
  const image = filled(await madeXfs(), `open(root + '/file', 'w').write('content')`);
  inDb(image, 'path /file', 'write core.realtime 1');
  await withFileSystem(image, async (fileSystem) => {
    expect((await fileSystem.stat('/file')).flags).toEqual(['realtime']);
    await expect(fileSystem.open('/file')).rejects.toMatchObject({ code: 'FILE_REALTIME' });
  });
});

const TREE = `
for name in ('one', 'other'):
    os.mkdir(f'{root}/{name}')
    for index in range(30): os.close(os.open(f'{root}/{name}/{index}', os.O_CREAT))
os.symlink('s' * 900, root + '/link')
with open(root + '/file', 'wb') as file:
    for index in range(60): file.seek(index * 8192); file.write(b'x'); file.flush(); os.fsync(file)
os.setxattr(root + '/file', 'user.large', b'v' * 30000)
os.setxattr(root + '/file', 'user.small', b'v' * 600)
`;

/** A field that only the checksum covers, with the xfs_db commands that lead to its block. */
const FIELDS = [
  { structure: 'inode', to: ['path /one'], at: 104 },
  { structure: 'directory block', to: ['path /one', 'dblock 0'], at: 16 },
  { structure: 'block of a symlink', to: ['path /link', 'dblock 0'], at: 48 },
  { structure: 'block of extended attributes', to: ['path /file', 'ablock 0'], at: 24 },
  { structure: 'value of an extended attribute', to: ['path /file', 'ablock 1'], at: 48 },
  { structure: 'extent block', to: ['path /file', 'addr u3.bmbt.ptrs[1]'], at: 32 },
] as const;

test.skipIf(!canMount)('a wrong checksum is a warning with its place', async () => {
  const image = filled(await madeXfs(), TREE);
  const places = FIELDS.map(({ to }) => placeIn(image, ...to));
  for (const [index, { at }] of FIELDS.entries())
    await overwrite(image, (places[index] ?? 0) + at, Uint8Array.of(0xa5));
  const { found, findings } = await withFileSystem(image, async (fileSystem) => {
    const names: string[] = [];
    for await (const { path } of fileSystem.walk('/one')) names.push(path);
    const xattrs = await fileSystem.xattrs('/file');
    const large = xattrs.find(({ name }) => name === 'user.large');
    const file = await fileSystem.open('/file');
    const target = await fileSystem.readLink('/link');
    const [byte] = await file.read(59 * 8192, 1);
    return {
      found: [names.length, large?.value.length, target.length, byte],
      findings: fileSystem.diagnostics(),
    };
  });
  expect(found).toEqual([31, 30_000, 900, 120]);
  expect(findings.map(({ severity }) => severity)).toEqual(FIELDS.map(() => 'warning'));
  const expected = FIELDS.map(({ structure }, index) => ({ structure, position: places[index] }));
  const shown = findings.map(({ data }) => data);
  for (const one of expected) expect(shown).toContainEqual(expect.objectContaining(one));
});

test.skipIf(!canMount)('a UUID that was overwritten hides no files', async () => {
  const image = filled(await madeXfs(), TREE);
  const inode = placeIn(image, 'path /one');
  await overwrite(image, 40, Uint8Array.of(0xa5));
  await overwrite(image, inode + 165, Uint8Array.of(0xa5));
  await withFileSystem(image, async (fileSystem) => {
    const names: string[] = [];
    for await (const { name } of fileSystem.list('/one')) names.push(name);
    expect(names).toHaveLength(30);
    expect(fileSystem.diagnostics()).toMatchObject([
      { code: 'SUPERBLOCK_DAMAGED', data: { field: 'checksum' } },
      { code: 'METADATA_CHECKSUM', data: { structure: 'inode', position: inode } },
    ]);
  });
});

test.skipIf(!canMount)('an inode of another place is refused', async () => {
  const image = filled(await madeXfs(), TREE);
  const [from, to] = [placeIn(image, 'path /one'), placeIn(image, 'path /other')];
  await overwrite(image, to, await readAt(image, from, 512));
  await withFileSystem(image, async (fileSystem) => {
    const finding = { code: 'INODE_DAMAGED', data: { field: 'number', position: to } };
    await expect(fileSystem.stat('/other')).rejects.toMatchObject({ diagnostics: [finding] });
  });
});

test.skipIf(!canMount)('a sound block of another directory is refused', async () => {
  const image = filled(await madeXfs(), TREE);
  const [from, to] = [
    placeIn(image, 'path /one', 'dblock 0'),
    placeIn(image, 'path /other', 'dblock 0'),
  ];
  const bytes = await readAt(image, from, 4096);
  await overwrite(image, to, bytes);
  await withFileSystem(image, async (fileSystem) => {
    const names: string[] = [];
    for await (const { name } of fileSystem.list('/other')) names.push(name);
    expect(names).toEqual([]);
    const finding = { code: 'DIRECTORY_DAMAGED', data: { reason: 'owner', position: to } };
    expect(fileSystem.diagnostics()).toMatchObject([finding]);
  });
});

test.skipIf(!canMount)('what is cut off is damaged, and the rest is read', async () => {
  const image = filled(await madeXfs(), TREE);
  truncateSync(image, 2 * MIB);
  await withFileSystem(image, async (fileSystem) => {
    for await (const { path } of fileSystem.walk('/')) expect(path).toMatch(/^\//);
    expect(fileSystem.diagnostics().map(({ code }) => code)).toContain('FILE_SYSTEM_TRUNCATED');
  });
});

/** Where xfs_db is after some commands, in bytes. Inodes are as long as sectors. */
function placeIn(image: string, ...commands: readonly string[]): number {
  const shown = /daddr is (\d+)/.exec(inDb(image, ...commands, 'daddr'))?.[1];
  return Number(shown) * SECTOR;
}

async function readAt(image: string, position: number, length: number): Promise<Uint8Array> {
  const file = await open(image, 'r');
  try {
    const bytes = new Uint8Array(length);
    await file.read(bytes, 0, length, position);
    return bytes;
  } finally {
    await file.close();
  }
}

async function overwrite(image: string, position: number, bytes: Uint8Array): Promise<void> {
  const file = await open(image, 'r+');
  try {
    await file.write(bytes, 0, bytes.length, position);
  } finally {
    await file.close();
  }
}
