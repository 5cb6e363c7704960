import {
  appendFile,
  copyFile,
  mkdir,
  readFile,
  readdir,
  rename,
  rm,
  truncate,
  utimes,
  writeFile,
} from 'node:fs/promises';
import { dirname, join } from 'node:path';

import { descriptorXml, imageBytes, temporaryDirectory, testGuid } from '@ploop/test-kit';
import { expect, test } from 'vitest';

import { openSnapshot } from '../snapshot/open-snapshot.ts';
import { backupSet, type BackupSet } from './backup-set.ts';
import { incremental } from './incremental.ts';
import { parseBackupSet } from './parse-backup-set.ts';
import { restoreBackup } from './restore-backup.ts';
import { verifyBackup } from './verify-backup.ts';

const CLUSTERS = 8;

/** Three images, one over the other; the last is the top. */
async function disk(): Promise<string> {
  const directory = await temporaryDirectory();
  const xml = descriptorXml([{}, { parent: 0 }, { parent: 1 }], { blockSize: '64', size: '512' });
  await writeFile(join(directory, 'DiskDescriptor.xml'), xml);
  for (const [level, bat] of [
    [1, 2],
    [0, 1],
    [0, 0, 1],
  ].entries())
    await writeFile(join(directory, `d${String(level)}`), imageBytes({ clusters: CLUSTERS }, bat));
  return directory;
}

async function copied(set: BackupSet, names = set.files.map(({ name }) => name)): Promise<string> {
  const target = join(await temporaryDirectory(), 'backup');
  await mkdir(target);
  for (const { name, source } of set.files)
    if (names.includes(name)) await copyFile(source, join(target, name));
  return target;
}

const hashOf = async (path: string, guid?: string, confine?: string): Promise<string> => {
  const snapshot = await openSnapshot(path, guid, { confine });
  try {
    return await snapshot.hash();
  } finally {
    await snapshot.close();
  }
};

test('a set has the files of a snapshot, and restored it is the snapshot', async () => {
  const directory = await disk();
  const set = await backupSet(directory, testGuid(1), { hash: true });
  expect(set).toMatchObject({
    guid: testGuid(1),
    size: CLUSTERS * 32768,
    files: [
      { guid: testGuid(0), source: join(directory, 'd0'), name: 'd0', bytes: 3 * 32768 },
      { guid: testGuid(1), name: 'd1', bytes: 3 * 32768 },
    ],
  });
  const read = parseBackupSet(JSON.stringify(set));
  expect(read).toEqual(set);
  const target = await copied(read);
  await restoreBackup(target, read);
  expect((await readdir(target)).sort()).toEqual(['DiskDescriptor.xml', 'd0', 'd1']);
  const restored = await openSnapshot(target);
  expect(restored.live).toBe(true);
  await restored.close();
  expect(await hashOf(target)).toBe(await hashOf(directory, testGuid(1)));
});

test.each([
  ['Plain', 'Compressed'],
  ['Compressed', 'Plain'],
])('a set of a volume over another says what the base is: %s under %s', async (below, above) => {
  const root = await temporaryDirectory();
  const volume = async (name: string, xml: string, type: string, image: Uint8Array) => {
    await mkdir(join(root, name));
    const text = xml.replace('Compressed', type);
    await writeFile(join(root, name, 'DiskDescriptor.xml'), text);
    await writeFile(join(root, name, 'd0'), image);
  };
  const image = imageBytes({ clusters: CLUSTERS }, [1, 2]);
  await volume('base', descriptorXml([{ guid: testGuid(1) }], { blockSize: '64' }), below, image);
  const over = descriptorXml([{ parentGuid: testGuid(1) }], { blockSize: '64' });
  const parent = '<Volume><Parent>../base</Parent></Volume><Storage>';
  await volume(
    'child',
    over.replace('<Storage>', parent),
    above,
    imageBytes({ clusters: CLUSTERS }),
  );
  const directory = join(root, 'child');
  const set = await backupSet(directory, '{5fbaabe3-6958-40ff-92a7-860e329aab41}', {
    top: true,
    confine: root,
  });
  const target = await copied(set);
  await restoreBackup(target, set);
  expect(await hashOf(target)).toBe(await hashOf(directory, undefined, root));
});

test('a set of a volume over a bare base that was shorter when it was made is whole', async () => {
  const root = await temporaryDirectory();
  await mkdir(join(root, 'base'));
  await mkdir(join(root, 'child'));
  const base = descriptorXml([{ guid: testGuid(1) }], { blockSize: '64' });
  await writeFile(
    join(root, 'base', 'DiskDescriptor.xml'),
    base.replace('Compressed', 'Plain').replace('>4096<', '>512<'),
  );
  await writeFile(join(root, 'base', 'd0'), Buffer.alloc(CLUSTERS * 2 * 32768, 1));
  // What the tool states for the size of the volume, which grew before it got an image of its own.
  const over = descriptorXml([{ parentGuid: testGuid(1) }], { blockSize: '64', size: '2048' })
    .replace(
      '<Cylinders>400</Cylinders><Heads>16</Heads>',
      '<Cylinders>4</Cylinders><Heads>16</Heads>',
    )
    .replace('<Storage>', '<Volume><Parent>../base</Parent></Volume><Storage>');
  await writeFile(join(root, 'child', 'DiskDescriptor.xml'), over);
  await writeFile(join(root, 'child', 'd0'), imageBytes({ clusters: 32 }, [1]));
  const set = await backupSet(join(root, 'child'), '{5fbaabe3-6958-40ff-92a7-860e329aab41}', {
    ...{ top: true, confine: root },
  });
  const target = await copied(set);
  await restoreBackup(target, set);
  expect(await verifyBackup(target, set)).toEqual([]);
});

test('the top is left out, unless it is asked for', async () => {
  const directory = await disk();
  const top = '{5fbaabe3-6958-40ff-92a7-860e329aab41}';
  await expect(backupSet(directory, top)).rejects.toMatchObject({ code: 'BACKUP_OF_TOP' });
  expect((await backupSet(directory, top, { top: true })).files).toHaveLength(3);
});

test('an increment has the new delta, and whatever has changed', async () => {
  const directory = await disk();
  const first = await backupSet(directory, testGuid(0));
  const second = await backupSet(directory, testGuid(1));
  const names = (files: readonly { readonly name: string }[]): readonly string[] =>
    files.map(({ name }) => name);
  const { copy, keep, remove, bytes } = incremental(first, second);
  expect([names(copy), names(keep), remove, bytes]).toEqual([['d1'], ['d0'], [], 3 * 32768]);
  expect(incremental(second, first)).toMatchObject({ copy: [], remove: ['d1'] });
  await utimes(join(directory, 'd0'), 1, 1);
  const third = await backupSet(directory, testGuid(1));
  expect(names(incremental(second, third).copy)).toEqual(['d0']);
});

test('a backup that is not what was backed up is not put together', async () => {
  const directory = await disk();
  const set = await backupSet(directory, testGuid(1), { hash: true });
  const missing = await copied(set, ['d0']);
  expect(await verifyBackup(missing, set)).toMatchObject([{ code: 'DELTA_MISSING' }]);
  const longer = await copied(set);
  await appendFile(join(longer, 'd1'), 'x');
  expect(await verifyBackup(longer, set)).toMatchObject([{ code: 'BACKUP_DIFFERS' }]);
  const other = await copied(set);
  const bytes = await readFile(join(other, 'd0'));
  bytes[bytes.length - 1] = 77;
  await writeFile(join(other, 'd0'), bytes);
  await expect(restoreBackup(other, set)).rejects.toMatchObject({ code: 'BACKUP_DIFFERS' });
  expect(await readdir(other)).toEqual(['d0', 'd1']);
  const damaged = await copied(set);
  await truncate(join(damaged, 'd0'), 0);
  const unhashed = {
    ...set,
    files: set.files.map((file) => (file.name === 'd0' ? { ...file, bytes: 0 } : file)),
  };
  expect(await verifyBackup(damaged, unhashed)).not.toEqual([]);
});

test('a descriptor that is there is replaced on request only', async () => {
  const directory = await disk();
  const set = await backupSet(directory, testGuid(0));
  const target = await copied(set);
  const path = join(target, 'DiskDescriptor.xml');
  await writeFile(path, 'precious');
  await expect(restoreBackup(target, set)).rejects.toMatchObject({ code: 'FILE_UNWRITABLE' });
  expect(await readFile(path, 'utf8')).toBe('precious');
  await restoreBackup(target, set, { overwrite: true });
  expect(await readFile(path, 'utf8')).toBe(set.descriptor);
  await rm(path);
  await restoreBackup(target, set);
  expect((await readdir(target)).sort()).toEqual(['DiskDescriptor.xml', 'd0']);
});

/** Names that images can have, and what is written beside them. */
const ODD_NAMES = [
  'DiskDescriptor.xml.restore',
  'DiskDescriptor.xml.tmp',
  'DiskDescriptor.xml.lck',
  'diskdescriptor.XML',
  '.ploop-save-0000000000000000',
  '1-D0',
];

test.each(ODD_NAMES)(
  'an image with the name %s is backed up, and stays in the restore',
  async (name) => {
    const directory = await disk();
    const descriptor = join(directory, 'DiskDescriptor.xml');
    const xml = await readFile(descriptor, 'utf8');
    await rename(join(directory, 'd0'), join(directory, name));
    await writeFile(descriptor, xml.replace('>d0<', `>${name}<`));
    const set = await backupSet(directory, testGuid(1), { hash: true });
    expect(parseBackupSet(JSON.stringify(set))).toEqual(set);
    const target = await copied(set);
    for (const overwrite of [false, true]) await restoreBackup(target, set, { overwrite });
    const names = set.files.map((file) => file.name);
    expect((await readdir(target)).sort()).toEqual(['DiskDescriptor.xml', ...names].sort());
    expect(await verifyBackup(target, set)).toEqual([]);
    expect(await hashOf(target)).toBe(await hashOf(directory, testGuid(1)));
  },
);

test('images of one name in several directories have names of their own in a set', async () => {
  const root = await temporaryDirectory();
  const files = ['a/x', 'b/2-x', 'c/x', 'd/X', 'e/e\u0301', 'f/\u00e9'];
  for (const [level, file] of files.entries()) {
    await mkdir(dirname(join(root, file)));
    await writeFile(join(root, file), imageBytes({ clusters: CLUSTERS }, level === 0 ? [1] : []));
  }
  const nodes = files.map((file, level) => (level === 0 ? { file } : { file, parent: level - 1 }));
  const xml = descriptorXml(nodes, { blockSize: '64', size: '512' });
  await writeFile(join(root, 'DiskDescriptor.xml'), xml);
  const set = await backupSet(root, testGuid(4));
  const keys = set.files.map(({ name }) => name.normalize('NFC').toLowerCase());
  expect(new Set(keys).size).toBe(keys.length);
  const target = await copied(set);
  await restoreBackup(target, set);
  expect(await hashOf(target)).toBe(await hashOf(root, testGuid(4)));
});

test('a set that was never read as one is refused like its record', async () => {
  const directory = await disk();
  const set = await backupSet(directory, testGuid(0));
  const target = await copied(set);
  const outside = { ...set, files: set.files.map((file) => ({ ...file, name: '../disk/d0' })) };
  for (const use of [verifyBackup, restoreBackup])
    await expect(use(target, outside)).rejects.toMatchObject({ code: 'BACKUP_INVALID' });
  expect(await readdir(target)).toEqual(['d0']);
});

/** A set whose first file has another name, also in its descriptor. */
function renamed(set: BackupSet, name: string): BackupSet {
  const [file, ...others] = set.files;
  if (file === undefined) throw new Error('a set has files');
  const descriptor = set.descriptor.replace(`>${file.name}<`, `>${name}<`);
  return { ...set, files: [{ ...file, name }, ...others], descriptor };
}

test('a record that leads elsewhere is refused', async () => {
  const set = await backupSet(await disk(), testGuid(1));
  const [file, other] = set.files;
  const records: unknown[] = [
    'x',
    null,
    [],
    { ...set, version: 2 },
    { ...set, guid: 'x' },
    { ...set, size: -1 },
    { ...set, files: [] },
    { ...set, files: [null] },
    { ...set, files: [file] },
    { ...set, files: [other, file] },
    { ...set, descriptor: '<a>' },
    ...['', '..', '../x', '/etc/passwd', 'DiskDescriptor.xml', 'a\0'].map((name) =>
      renamed(set, name),
    ),
    ...ODD_NAMES.slice(1, -1).map((name) => renamed(set, name)),
    ...['d1', 'D1'].map((name) => renamed(set, name)),
    { ...set, files: [{ ...file, bytes: 1.5 }, other] },
    { ...set, files: [{ ...file, modified: 'x' }, other] },
    { ...set, files: [{ ...file, sha256: 'x' }, other] },
    { ...set, files: [{ ...file, source: 1 }, other] },
  ];
  for (const record of [...records.map((one) => JSON.stringify(one)), '{'])
    expect(() => parseBackupSet(record)).toThrow(
      expect.objectContaining({ code: 'BACKUP_INVALID' }),
    );
});

test('a set of a snapshot from before the disk grew states the size that it had', async () => {
  const directory = await disk();
  const path = join(directory, 'DiskDescriptor.xml');
  const grown = (await readFile(path, 'utf8')).replace(
    '<Disk_size>512</Disk_size>',
    '<Disk_size>768</Disk_size>',
  );
  await writeFile(path, grown);
  const set = await backupSet(directory, testGuid(1));
  expect(set.descriptor).toContain('<Disk_size>512</Disk_size>');
  expect(set.size).toBe(512 * 512);
  const target = await copied(set);
  await restoreBackup(target, set);
  expect((await openSnapshot(target)).diagnostics).toEqual([]);
});
