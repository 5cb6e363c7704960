import { mkdir, readdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { DescriptorError, parseDescriptor, sectors, serializeDescriptor } from '@ploop/descriptor';
import {
  findDisks,
  loadDescriptor,
  loadDescriptorSync,
  saveDescriptor,
} from '@ploop/descriptor/node';
import { createImage } from '@ploop/image';
import { descriptorXml, sample, temporaryDirectory } from '@ploop/test-kit';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import {
  backupSet,
  checkDisk,
  describeImageFile,
  compactSpace,
  diskSpace,
  exportSnapshot,
  loadVolumes,
  openImageFile,
  openImageTarget,
  openSnapshot,
  parseBackupSet,
  identifySnapshot,
  identifySnapshotSync,
  restoreBackup,
  snapshotFiles,
  verifyBackup,
  writeNewImage,
} from '../src/index.ts';

/** What a half of a character, and each byte that is not UTF-8, becomes in a string. */
const DECOY = 'a\uFFFD';
const NAMES = { 'half a character': 'a\uD800', 'the other half': 'a\uDFFF', NUL: `${DECOY}\0x` };

const SIZE = sectors(2048);
const image = createImage({ version: 2, size: SIZE, blockSize: sectors(64) });

/** A directory with a disk `disk`, and the same disk and an image under the names that must not be hit. */
async function place(): Promise<string> {
  const directory = await temporaryDirectory();
  for (const name of ['disk', `${DECOY}dir`]) {
    await mkdir(join(directory, name));
    await writeNewImage(join(directory, name, 'd0'), image);
    await writeFile(
      join(directory, name, 'DiskDescriptor.xml'),
      descriptorXml([{}], { size: '2048', blockSize: '64' }),
    );
  }
  await writeNewImage(join(directory, DECOY), image);
  return directory;
}

async function contents(directory: string): Promise<unknown> {
  const entries = await readdir(directory, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile());
  return Promise.all(
    files.map(async (file) => {
      const path = join(file.parentPath, file.name);
      return [path, (await readFile(path)).toString('base64')];
    }),
  );
}

/** Every call that takes a path; `path` is a wrong name of a file or of a directory. */
const CALLS: Readonly<Record<string, (path: string, disk: string) => unknown>> = {
  loadDescriptor: (path) => loadDescriptor(path),
  loadDescriptorSync: (path) => loadDescriptorSync(path),
  loadVolumes: (path) => loadVolumes(path),
  checkDisk: (path) => checkDisk(path),
  compactSpace: (path) => compactSpace(path),
  diskSpace: (path) => diskSpace(path),
  snapshotFiles: (path) => snapshotFiles(path),
  openSnapshot: (path) => openSnapshot(path),
  identifySnapshot: (path) => identifySnapshot(path),
  identifySnapshotSync: (path) => identifySnapshotSync(path),
  openImageFile: (path) => openImageFile(path),
  describeImageFile: (path) => describeImageFile(path),
  openImageTarget: (path) => openImageTarget(path),
  writeNewImage: (path) => writeNewImage(path, image),
  exportSnapshot: async (path, disk) => {
    const snapshot = await openSnapshot(disk);
    try {
      await exportSnapshot(snapshot, path, { overwrite: true });
    } finally {
      await snapshot.close();
    }
  },
  saveDescriptor: async (path, disk) => {
    const loaded = await loadDescriptor(disk);
    return saveDescriptor({ ...loaded, path }, await readFile(loaded.path));
  },
  verifyBackup: async (path, disk) => {
    const set = await backupSet(disk, '{5fbaabe3-6958-40ff-92a7-860e329aab41}', { top: true });
    const [finding] = await verifyBackup(path, set);
    if (finding !== undefined) throw new DescriptorError([finding]);
  },
  restoreBackup: async (path, disk) => {
    const set = await backupSet(disk, '{5fbaabe3-6958-40ff-92a7-860e329aab41}', { top: true });
    await restoreBackup(path, set, { overwrite: true });
  },
};

describe.each(Object.entries(NAMES))('a path with %s hits no other file', (_kind, wrong) => {
  test.each(Object.entries(CALLS))('%s', async (_name, call) => {
    const directory = await place();
    const before = await contents(directory);
    for (const name of [wrong, `${wrong}dir`, `${wrong}dir/DiskDescriptor.xml`]) {
      const run = async (): Promise<void> => {
        await call(`${directory}/${name}`, join(directory, 'disk'));
      };
      await expect(run(), name).rejects.toThrow(DescriptorError);
    }
    expect(await contents(directory)).toEqual(before);
  });

  test('findDisks', async () => {
    const directory = await place();
    const found: unknown[] = [];
    const onError = (finding: unknown): void => void found.push(finding);
    for await (const path of findDisks(`${directory}/${wrong}dir`, { onError })) found.push(path);
    expect(found).toEqual([expect.objectContaining({ code: 'FILE_UNREADABLE' })]);
  });
});

test('a link to a directory whose name is not UTF-8 does not lead to another one', async () => {
  const directory = await place();
  const raw = Buffer.concat([
    Buffer.from(join(directory, 'a')),
    Buffer.of(0xff),
    Buffer.from('dir'),
  ]);
  await mkdir(raw);
  const descriptor = Buffer.from('/DiskDescriptor.xml');
  await writeFile(Buffer.concat([raw, descriptor]), descriptorXml([{}, { parent: 0 }]));
  await symlink(raw, join(directory, 'link'));
  for (const path of ['link', 'link/DiskDescriptor.xml'])
    await expect(loadDescriptor(join(directory, path))).rejects.toThrow('not UTF-8');
});

test('the names in a backup set are names', () => {
  const set = (name: string): string =>
    JSON.stringify({
      format: 'ploop-backup',
      version: 1,
      guid: '{5fbaabe3-6958-40ff-92a7-860e329aab41}',
      size: 1,
      files: [
        {
          guid: '{5fbaabe3-6958-40ff-92a7-860e329aab41}',
          source: '/d0',
          name,
          bytes: 1,
          modified: '1',
        },
      ],
      descriptor: descriptorXml([{ file: name }]),
    });
  expect(parseBackupSet(set('d0')).files).toHaveLength(1);
  for (const name of ['a\uD800', 'a\0b', '', '..'])
    expect(() => parseBackupSet(set(name))).toThrow(
      expect.objectContaining({ code: 'BACKUP_INVALID' }),
    );
});

test('what is serialized can be parsed, and says the same', () => {
  const { descriptor } = parseDescriptor(descriptorXml([{}, { parent: 0 }]));
  if (descriptor === undefined) throw new Error('not readable');
  const [one, other] = descriptor.images;
  if (one === undefined || other === undefined) throw new Error('two images');
  const hostile = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.array(fc.integer({ min: 0, max: 0xffff })).map((units) => String.fromCharCode(...units)),
    fc.constantFrom(
      '\0',
      '\uFFFE',
      '\uFFFF',
      '\uD800',
      '\r\n',
      ' ',
      '\t',
      ']]>',
      '<a>',
      '&amp;',
      '\x7f',
      '\x85',
    ),
  );
  fc.assert(
    fc.property(hostile, hostile, (file, key) => {
      const model = { ...descriptor, images: [{ ...one, file }, other], encryptionKeyId: key };
      let text: string;
      try {
        text = serializeDescriptor(model);
      } catch (error) {
        expect(error).toMatchObject({ code: 'OPTION_INVALID' });
        return;
      }
      expect(parseDescriptor(text, { release: '9' }).descriptor).toEqual(model);
    }),
    sample('texts serialized', 300),
  );
});
