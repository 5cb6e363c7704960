import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { descriptorXml, imageBytes, temporaryDirectory, testGuid } from '@ploop/test-kit';
import { mounted } from '@ploop/test-kit/loop';
import { expect, test } from 'vitest';

import { openSnapshot } from '../snapshot/open-snapshot.ts';
import { exportSnapshot } from './export-snapshot.ts';

const NAME = 'DiskDescriptor.xml';

/** A volume `child` over `parent`; a dead branch of the child has lost its file, and an image is called `x.part`. */
async function volumes(): Promise<string> {
  const root = await temporaryDirectory();
  const [parent, child] = [join(root, 'parent'), join(root, 'child')];
  for (const directory of [parent, child]) await mkdir(directory);
  await writeFile(
    join(parent, NAME),
    descriptorXml([{ guid: testGuid(7) }, { guid: testGuid(8), file: 'branch' }], {
      blockSize: '64',
      top: 0,
    }),
  );
  await writeFile(join(parent, 'd0'), imageBytes({ clusters: 4 }, [1]));
  await writeFile(join(parent, 'branch'), imageBytes({ clusters: 4 }, [1]));
  const nodes = [
    { guid: testGuid(1), parentGuid: testGuid(7), file: 'x.part' },
    { guid: testGuid(2), parentGuid: testGuid(7), file: 'lost' },
  ];
  const xml = descriptorXml(nodes, { blockSize: '64', top: 0 });
  const volume = '<Volume><Parent>../parent</Parent></Volume><Storage>';
  await writeFile(join(child, NAME), xml.replace('<Storage>', volume));
  await writeFile(join(child, 'x.part'), imageBytes({ clusters: 4 }, [0, 1]));
  await writeFile(join(child, `${NAME}.lck`), 'lock');
  return root;
}

test.each([
  `child/${NAME}`,
  `parent/${NAME}`,
  'parent/d0',
  'parent/branch',
  'child/x.part',
  'child/x',
  'child/lost',
  `child/${NAME}.lck`,
  `parent/${NAME}.lck`,
  `child/${NAME}.tmp`,
  'child/.statfs',
  'child/lost.tmp',
  `child/../parent/./${NAME}`,
])('%s is not written to, whatever is asked for', async (name) => {
  const root = await volumes();
  const target = `${root}/${name}`;
  const before = await readFile(target).catch(() => undefined);
  const snapshot = await openSnapshot(join(root, 'child'), testGuid(1), { confine: root });
  try {
    await expect(exportSnapshot(snapshot, target, { overwrite: true })).rejects.toMatchObject({
      code: 'FILE_UNWRITABLE',
    });
  } finally {
    await snapshot.close();
  }
  expect(await readFile(target).catch(() => undefined)).toEqual(before);
});

test.each(['.part', '.part.json', '.part.unreadable.json', '.lost.json'])(
  'an image that is called as the target with %s is left alone',
  async (suffix) => {
    const directory = await temporaryDirectory();
    const image = join(directory, `out${suffix}`);
    const bytes = Buffer.from(imageBytes({ clusters: 4 }, [1, 99]));
    await writeFile(image, bytes);
    const xml = descriptorXml([{ file: `out${suffix}` }], { blockSize: '64' });
    await writeFile(join(directory, NAME), xml);
    await using snapshot = await openSnapshot(directory);
    const target = join(directory, 'out');
    const exported = exportSnapshot(snapshot, target, { salvage: true, overwrite: true });
    await expect(exported).rejects.toMatchObject({ code: 'FILE_UNWRITABLE' });
    expect(bytes.equals(await readFile(image))).toBe(true);
  },
);

test('an image under the name of a temporary file is left alone by a salvage', async () => {
  const directory = await temporaryDirectory();
  const names = ['out.lost.json.tmp', 'out.part.unreadable.json.tmp'];
  const bytes = Buffer.from(imageBytes({ clusters: 4 }, [1, 99]));
  for (const name of names) await writeFile(join(directory, name), bytes);
  const xml = descriptorXml([{ file: 'out.lost.json.tmp' }], { blockSize: '64' });
  await writeFile(join(directory, NAME), xml);
  await using snapshot = await openSnapshot(directory);
  const target = join(directory, 'out');
  const { lostBytes } = await exportSnapshot(snapshot, target, { salvage: true });
  expect(lostBytes).toBe(32_768);
  for (const name of names) expect(bytes.equals(await readFile(join(directory, name)))).toBe(true);
  expect((await readdir(directory)).sort()).toEqual([NAME, 'out', 'out.lost.json', ...names]);
});

test('a name of the disk is refused below another mount of its directory', async (context) => {
  const root = await volumes();
  const other = join(root, 'other');
  await mkdir(other);
  const problem = mounted('--bind', join(root, 'child'), other);
  context.skip(problem !== undefined, problem);
  await using snapshot = await openSnapshot(join(root, 'child'), testGuid(1), { confine: root });
  for (const name of ['lost.tmp', `${NAME}.tmp`, 'x'])
    await expect(exportSnapshot(snapshot, join(other, name))).rejects.toMatchObject({
      code: 'FILE_UNWRITABLE',
    });
});

test('another file in the directory of the disk is written', async () => {
  const root = await volumes();
  const snapshot = await openSnapshot(join(root, 'child'), testGuid(1), { confine: root });
  const target = join(root, 'child', 'disk.raw');
  await exportSnapshot(snapshot, target);
  await snapshot.close();
  expect(await readFile(target)).toHaveLength(4 * 32_768);
});
