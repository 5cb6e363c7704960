import { link, mkdir, readFile, readdir, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { descriptorXml, imageBytes, temporaryDirectory, testGuid } from '@ploop/test-kit';
import { expect, test } from 'vitest';

import {
  cloneVolume,
  createRunner,
  deleteVolume,
  restoreDescriptor,
  snapshotVolume,
  switchVolume,
  volumeTree,
  type Runner,
} from '../src/index.ts';

/** How a volume leads to a directory that is not its own. */
interface Escape {
  /** What its descriptor names as its parent, and as its image. */
  readonly parent?: (other: string) => string;
  readonly file?: (other: string) => string;
  readonly make?: (own: string, other: string) => Promise<unknown>;
}

const ESCAPES: Readonly<Record<string, Escape>> = {
  'an absolute parent': { parent: (other) => other },
  'a parent with ..': { parent: () => '../other' },
  'a parent through a directory': { parent: () => 'sub/../../other' },
  'a parent by a symlink': {
    parent: () => 'way',
    make: (own, other) => symlink(other, join(own, 'way')),
  },
  'a parent whose descriptor is a symlink': {
    parent: () => 'sub',
    make: (own, other) => symlink(join(other, NAME), join(own, 'sub', NAME)),
  },
  'an absolute image': { file: (other) => join(other, 'd0') },
  'an image with ..': { file: () => '../other/d0' },
  'an image by a symlink': {
    file: () => 'way',
    make: (own, other) => symlink(join(other, 'd0'), join(own, 'way')),
  },
  'a child by a symlink': {
    make: async (own, other) => {
      await mkdir(join(own, 'children'));
      await symlink(other, join(own, 'children', 'one'));
    },
  },
  'children by a symlink': { make: (own, other) => symlink(other, join(own, 'children')) },
};
const NAME = 'DiskDescriptor.xml';

function untouched(): { readonly runner: Runner; readonly runs: readonly string[] } {
  const runs: string[] = [];
  const runner = createRunner({
    release: { from: '9.0.30', to: '9.0.30' },
    exec: (request) => {
      runs.push(request.argv.join(' '));
      return Promise.reject(new Error('nothing is to be started'));
    },
  });
  return { runner, runs };
}

async function volumes({ parent, file, make }: Escape) {
  const root = await temporaryDirectory();
  const [own, other, good] = ['own', 'other', 'good'].map((name) => join(root, name)) as [
    string,
    string,
    string,
  ];
  for (const directory of [join(own, 'sub'), other, good])
    await mkdir(directory, { recursive: true });
  const xml = descriptorXml([{ file: file?.(other) ?? 'd0' }], { blockSize: '64', size: '4096' });
  const volume = parent && `<Volume><Parent>${parent(other)}</Parent></Volume><Storage>`;
  await writeFile(join(own, NAME), volume === undefined ? xml : xml.replace('<Storage>', volume));
  const plain = descriptorXml([{}], { blockSize: '64', size: '4096' });
  for (const directory of [other, good]) await writeFile(join(directory, NAME), plain);
  for (const directory of [own, other, good])
    await writeFile(join(directory, 'd0'), imageBytes({}, [1], 1));
  await make?.(own, other);
  return { root, own, other, good };
}

/** Every file of a directory, and its content. */
async function contentOf(directory: string): Promise<object> {
  const names = (await readdir(directory)).toSorted();
  const files = names.map(async (name) => [
    name,
    (await readFile(join(directory, name))).toString('base64'),
  ]);
  return Object.fromEntries(await Promise.all(files)) as object;
}

test.each(Object.entries(ESCAPES))('%s: no change of a volume is begun', async (name, escape) => {
  const { root, own, other, good } = await volumes(escape);
  const { runner, runs } = untouched();
  const before = await contentOf(other);
  const target = join(root, 'new');
  const isChild = escape.parent === undefined && escape.file === undefined;
  const changes: Readonly<Record<string, () => Promise<unknown>>> = {
    deleteVolume: () => deleteVolume(own, { runner }),
    volumeTree: () => volumeTree(own, { runner }),
    // Those look at no children: the tool follows none.
    ...(isChild
      ? {}
      : {
          cloneVolume: () => cloneVolume({ source: own, target, runner }),
          snapshotVolume: () => snapshotVolume({ source: own, target, runner }),
          switchFrom: () => switchVolume({ from: own, to: good, runner }),
          switchTo: () => switchVolume({ from: good, to: own, runner }),
        }),
  };
  for (const [change, begin] of Object.entries(changes))
    await expect(begin(), `${change} of ${name}`).rejects.toMatchObject({
      code: 'REFUSED',
      reason: 'DELTA_OUTSIDE',
      hint: expect.stringContaining('confine') as unknown,
    });
  expect(runs).toEqual([]);
  expect(await contentOf(other)).toEqual(before);
});

/** Names that the tool writes to when it makes a descriptor. It replaces a symlink at the name of the descriptor itself. */
const WRITTEN = [`${NAME}.tmp`, `${NAME}.lck`];

test.each(WRITTEN)('a descriptor is not restored through a symlink at %s', async (name) => {
  const root = await temporaryDirectory();
  const [own, other] = [join(root, 'own'), join(root, 'other')];
  for (const directory of [own, other]) await mkdir(directory);
  await writeFile(join(own, 'd0'), imageBytes({}, [1], 1));
  for (const kept of ['there', 'gone']) {
    if (kept === 'there') await writeFile(join(other, kept), 'foreign');
    const directory = join(root, `own-${kept}`);
    await mkdir(directory);
    await symlink(join(other, kept), join(directory, name));
    const { runner, runs } = untouched();
    const restored = restoreDescriptor({ image: join(own, 'd0'), directory, runner });
    await expect(restored).rejects.toMatchObject({ code: 'REFUSED' });
    expect(runs).toEqual([]);
  }
  expect(await contentOf(other)).toEqual({ there: Buffer.from('foreign').toString('base64') });
});

test('an image that has another name is not merged into a volume that stays', async () => {
  const { own, other } = await volumes({});
  const size = { blockSize: '64', size: '4096' };
  const [parent, heir] = [testGuid(0), testGuid(1)];
  await writeFile(join(own, NAME), descriptorXml([{ guid: parent }], size));
  const child = join(own, 'children', 'one');
  await mkdir(child, { recursive: true });
  const xml = descriptorXml([{ guid: heir, parentGuid: parent, file: 'd1' }], size);
  const volume = '<Volume><Parent>../..</Parent></Volume><Storage>';
  await writeFile(join(child, NAME), xml.replace('<Storage>', volume));
  await writeFile(join(child, 'd1'), imageBytes({ clusters: 64 }, [1], 1));
  await writeFile(join(own, 'd0'), imageBytes({ clusters: 64 }, [1], 1));
  const { runner, runs } = untouched();
  const remove = (): Promise<void> => deleteVolume(own, { runner, confine: own });
  // Nothing else speaks against it.
  await expect(remove()).rejects.toThrow('nothing is to be started');
  expect(runs).toHaveLength(1);
  await link(join(own, 'd0'), join(other, 'linked'));
  const before = await contentOf(other);
  await expect(remove()).rejects.toMatchObject({ code: 'REFUSED', reason: 'IMAGE_LINKED' });
  expect(runs).toHaveLength(1);
  expect(await contentOf(other)).toEqual(before);
});
